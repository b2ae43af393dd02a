/** The templates of an environment, as the tests read them. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { build, type Stacks } from '../lib/app.ts';
import type { Environment, Settings } from '../lib/config.ts';
import { override } from '../lib/context.ts';

export const ACCOUNT = '123456789012';
export const INFRA = fileURLToPath(new URL('..', import.meta.url));

/** A resource of a template; tests look into properties freely. */
export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly Type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string | string[];
}

export interface Built {
  readonly settings: Settings;
  readonly stacks: Stacks;
  readonly templates: Readonly<Record<string, Template>>;
  readonly resources: readonly Resource[];
  of(type: string): readonly Resource[];
}

/** Synthesis needs something where the programs would be; no compiler. */
export function artefacts(): string {
  const folder = mkdtempSync(join(tmpdir(), 'investtax-'));
  for (const program of ['worker', 'stage']) {
    mkdirSync(join(folder, program));
    writeFileSync(join(folder, program, 'bootstrap'), 'a stand-in for tests\n');
  }
  return folder;
}

/** The flags of CDK that the command line takes from cdk.json. */
export function flags(): Record<string, unknown> {
  return (JSON.parse(readFileSync(join(INFRA, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> })
    .context;
}

/** Builds an environment with some settings from outside. */
export function built(environment: Environment, given: Record<string, string> = {}): Built {
  const settings = override(environment, (name) =>
    name === 'artefacts' ? artefacts() : given[name],
  );
  const stacks = build(new App({ context: flags() }), settings, ACCOUNT);
  const templates: Record<string, Template> = {};
  const resources: Resource[] = [];
  for (const stack of Object.values(stacks) as (Stack | undefined)[]) {
    if (!stack) continue;
    const template = Template.fromStack(stack);
    templates[stack.stackName] = template;
    for (const [id, resource] of Object.entries(template.toJSON()['Resources'] as Record<string, Resource>)) {
      resources.push({ ...resource, id, stack: stack.stackName });
    }
  }
  return {
    settings,
    stacks,
    templates,
    resources,
    of: (type) => resources.filter((resource) => resource.Type === type),
  };
}

/** A value with references as `<Name>` and joins put together, so that it can be searched. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(text).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value);
  const [first] = entries;
  if (first && entries.length === 1) {
    const [name, inner] = first as [string, unknown];
    if (name === 'Ref') return `<${String(inner)}>`;
    if (name === 'Fn::GetAtt') return `<${(inner as string[]).join('.')}>`;
    if (name === 'Fn::Join') {
      const [by, parts] = inner as [string, unknown[]];
      return parts.map(text).join(by);
    }
  }
  return entries.map(([name, inner]) => `${name}=${text(inner)}`).join(' ');
}

/** Statements of a policy document. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

export function statements(resource: Resource): readonly Statement[] {
  const document = resource.Properties['PolicyDocument'] as { Statement: Statement[] } | undefined;
  return document?.Statement ?? [];
}

export function actions(statement: Statement): readonly string[] {
  return [statement.Action].flat();
}
