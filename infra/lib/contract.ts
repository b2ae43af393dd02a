/**
 * The facts that cross the border to Rust: names of variables, of stages and of the fields of log lines. Each is
 * one JSON file that both sides read; nothing else is coupled.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Who reads a variable. */
export type Reader = 'worker' | 'stage';

interface Variable {
  readonly for: readonly Reader[];
  readonly means: string;
  readonly default?: string;
  readonly optional?: boolean;
}

interface StagesFile {
  readonly format: number;
  readonly stages: readonly string[];
  readonly extra: readonly string[];
}

function read(name: string): unknown {
  const path = fileURLToPath(new URL(`../contract/${name}`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Every variable of the functions. */
export const VARIABLES = read('environment.json') as Readonly<Record<string, Variable>>;

/** The stages of large work, in order, and those that stand beside the line. */
export const STAGES = read('stages.json') as StagesFile;

/** The fields of log lines that queries ask for, flat at the top of every line of worker and stages. */
export const LOG_FIELDS = (read('log-fields.json') as { readonly fields: readonly string[] }).fields;

/**
 * A field of log lines.
 *
 * @throws if the programs write no such field; a query for it would find nothing and look like peace.
 */
export function logField(name: string): string {
  if (!LOG_FIELDS.includes(name)) throw new Error(`${name} is not in contract/log-fields.json`);
  return name;
}

/**
 * The environment of a function: exactly what the contract has for that reader.
 *
 * @throws if a variable is neither given nor optional nor has a default, or if one is given that the
 * contract does not know; both are mistakes that would otherwise show at the first mail.
 */
export function environmentFor(
  reader: Reader,
  given: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, variable] of Object.entries(VARIABLES)) {
    if (!variable.for.includes(reader)) continue;
    const value = given[name] ?? (variable.optional ? undefined : variable.default);
    if (value !== undefined) result[name] = value;
    else if (!variable.optional) throw new Error(`${name} is missing for ${reader}`);
  }
  for (const name of Object.keys(given)) {
    if (!(name in VARIABLES)) throw new Error(`${name} is not in contract/environment.json`);
  }
  return result;
}
