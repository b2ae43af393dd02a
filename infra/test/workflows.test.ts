/** What the README says of the way to production, held against the workflows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { INFRA } from './templates.ts';

const workflow = (name: string): string => readFileSync(join(INFRA, '..', '.github/workflows', name), 'utf8');

/** The text of each job; enough of YAML for files of ours, which are indented by two. */
function jobs(name: string): Record<string, string> {
  const [, body = ''] = workflow(name).split(/^jobs:\n/m);
  const found = body.split(/^ {2}(?=[a-z-]+:\n)/m).filter((job) => /^[a-z-]+:\n/.test(job));
  return Object.fromEntries(found.map((job) => [job.slice(0, job.indexOf(':')), job]));
}

describe('the way to production', () => {
  const deploy = jobs('deploy.yml');

  test('nothing is deployed before every test and the whole of the infrastructure', () => {
    expect(deploy['ci']).toContain('uses: ./.github/workflows/ci.yml');
    expect(deploy['check']).toContain('uses: ./.github/workflows/infra.yml');
    expect(deploy['dev']).toContain('needs: [ci, check]');
    expect(deploy['staging']).toContain('needs: dev');
    expect(deploy['production']).toContain('needs: staging');
    for (const called of ['ci.yml', 'infra.yml']) expect(workflow(called)).toContain('workflow_call:');
    expect(jobs('ci.yml')['check']).toContain('.ci/run');
  });

  test('an environment is deployed by one run at a time, whatever its ref', () => {
    for (const [job, stage] of [['dev', 'dev'], ['staging', 'staging'], ['production', 'prod']] as const) {
      expect(deploy[job]).toContain(`concurrency: { group: deploy-${stage}, cancel-in-progress: false }`);
    }
    expect(workflow('deploy.yml')).not.toContain('github.ref }}');
  });

  test('mail that goes by SES has a sender, and the test mail its domain', () => {
    for (const job of ['staging', 'production']) {
      expect(deploy[job]).toMatch(/--by-mail[\s\S]*SMOKE_FROM: \$\{\{ vars\.SMOKE_FROM \}\}/);
      expect(deploy[job]).toContain('canary-domain: ${{ vars.CANARY_DOMAIN }}');
    }
  });

  test('only a mail that is not answered takes production back', () => {
    expect(deploy['production']).toMatch(/Go back[\s\S]*if: failure\(\) && steps\.smoke\.outputs\.code == '1'/);
  });

  test('real mail servers, load, faults and unsafe libraries are looked at', () => {
    expect(workflow('infra.yml')).toMatch(/sudo .*infra\/ci deployment/);
    expect(workflow('endurance.yml')).toContain('scenario: [load, faults]');
    expect(workflow('ci.yml')).toContain('audit --audit-level=high');
    expect(workflow('ci.yml')).toContain('check advisories');
  });
});
