// What is in the program of GraphiQL is what its sources and the locked packages make.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from './server.mjs';

const source = join(root, 'assets/graphiql');
const built = mkdtempSync(join(tmpdir(), 'autodex-bundle-'));
after(() => rmSync(built, { recursive: true, force: true }));

test('the bundle that is committed is the one that is built', () => {
  execFileSync('node', ['build.mjs', built], { cwd: source, stdio: 'pipe' });
  const committed = readdirSync(join(source, 'dist')).sort();
  assert.deepEqual(readdirSync(built).sort(), committed);
  for (const name of committed) {
    const same = readFileSync(join(built, name)).equals(readFileSync(join(source, 'dist', name)));
    assert.ok(same, `dist/${name} is stale: run "npm ci && npm run build" in assets/graphiql`);
  }
});
