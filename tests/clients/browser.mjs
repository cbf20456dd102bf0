// A real Chromium, headless, with a profile of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

const profiles = [];
const contexts = [];

after(async () => {
  for (const context of contexts) await context.close();
  for (const profile of profiles) rmSync(profile, { recursive: true, force: true });
});

/** Opens a browser for which there is nothing outside of this machine: no name leads to an address. */
export async function open() {
  const profile = mkdtempSync(join(tmpdir(), 'autodex-browser-'));
  profiles.push(profile);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--headless',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  contexts.push(context);
  return context;
}

/** A page that keeps what it asked for and what it complained of. */
export async function page(context) {
  const opened = await context.newPage();
  const seen = { requests: [], complaints: [] };
  opened.on('request', (request) => seen.requests.push(request.url()));
  opened.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.complaints.push(message.text());
  });
  opened.on('pageerror', (error) => seen.complaints.push(String(error)));
  await opened.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return { page: opened, seen };
}
