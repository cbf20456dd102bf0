// graphql-codegen makes types of schema.graphql and of a frontend's queries, and the TypeScript compiler takes them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { partlyFailing, root, search } from './server.mjs';

const here = join(root, 'tests/clients');
const folder = mkdtempSync(join(tmpdir(), 'autodex-codegen-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const bin = (name) => join(here, 'node_modules/.bin', name);

test('types are generated and accepted', () => {
  writeFileSync(join(folder, 'queries.graphql'), search + partlyFailing);
  const config = {
    schema: join(root, 'schema.graphql'),
    documents: join(folder, 'queries.graphql'),
    generates: {
      [join(folder, 'types.ts')]: {
        plugins: ['typescript', 'typescript-operations'],
        config: { strictScalars: true, scalars: { DateTime: 'string' }, useTypeImports: true },
      },
    },
  };
  writeFileSync(join(folder, 'codegen.json'), JSON.stringify(config));
  execFileSync(bin('graphql-codegen'), ['--config', join(folder, 'codegen.json')], { cwd: here, stdio: 'pipe' });
  writeFileSync(
    join(folder, 'use.ts'),
    `import type { AutomationOrder, PartlyQuery, SearchQuery, SearchQueryVariables } from './types';
const variables: SearchQueryVariables = { text: 'lamp', perPage: 2 };
export function names(answer: SearchQuery): string[] {
  return (answer.search?.results ?? []).map((found) => \`\${found.alias ?? ''} \${found.repository.fullName}\`);
}
export const total = (answer: PartlyQuery): number | undefined => answer.stats?.totalAutomations;
// @ts-expect-error: text is no number
const wrong: SearchQueryVariables = { text: 1 };
export const used: [SearchQueryVariables, SearchQueryVariables, AutomationOrder?] = [variables, wrong];
`,
  );
  const compilerOptions = { noEmit: true, strict: true, target: 'es2022', module: 'esnext', moduleResolution: 'bundler', types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
  try {
    execFileSync(bin('tsc'), ['--project', folder], { cwd: here, stdio: 'pipe' });
  } catch (error) {
    assert.fail(String(error.stdout));
  }
  assert.match(readFileSync(join(folder, 'types.ts'), 'utf8'), /export type Automation = /);
});
