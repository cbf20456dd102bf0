// Starts the real server, over the sample homes, on a free port of this machine, and stops it after the test.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';

export const root = resolve(import.meta.dirname ?? '.', '../..');

const program = process.env.AUTODEX ?? join(root, 'target/debug/autodex');
const folder = mkdtempSync(join(tmpdir(), 'autodex-clients-'));
const running = new Set();
let indexed;

after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Nothing of the tester's own environment reaches the server. */
function environment(variables) {
  return { PATH: process.env.PATH, ...variables };
}

/** A database with the sample homes in it, indexed once. */
function database(name) {
  if (!indexed) {
    indexed = join(folder, 'homes.db');
    const env = environment({ DATABASE_URL: `sqlite://${indexed}?mode=rwc`, RUST_LOG: 'error' });
    execFileSync(program, ['index', '--tree', join(root, 'examples/homes')], { env, cwd: folder, stdio: 'pipe' });
  }
  const copy = join(folder, `${name}.db`);
  copyFileSync(indexed, copy);
  return `sqlite://${copy}?mode=rwc`;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a server with these variables; gives its address. */
export async function start(variables = {}) {
  const port = await freePort();
  const env = environment({
    DATABASE_URL: database(`server-${port}`),
    PORT: String(port),
    RUST_LOG: 'error',
    RATELIMIT_ENABLED: 'false',
    ...variables,
  });
  const child = spawn(program, ['serve'], { env, cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  running.add(child);
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 30_000;
  for (;;) {
    const ready = await fetch(`${url}/ready`).catch(() => undefined);
    if (ready?.ok) return url;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('the server does not start');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A `fetch` that keeps what went over it. */
export function recording() {
  const requests = [];
  const fetching = async (url, init = {}) => {
    const response = await fetch(url, init);
    requests.push({ url: String(url), method: init.method ?? 'GET', body: init.body, status: response.status });
    return response;
  };
  return { fetch: fetching, requests };
}

export const search = /* GraphQL */ `
  query Search($text: String, $perPage: Int! = 2) {
    search(text: $text, perPage: $perPage) {
      total
      results { id alias triggerTypes repository { fullName } }
    }
  }
`;

/** A query with an argument out of its bounds beside one that is answered. */
export const partlyFailing = /* GraphQL */ `
  query Partly { search(page: 0) { total } stats { totalAutomations } }
`;

export const invalid = /* GraphQL */ `
  query Invalid { nothing }
`;
