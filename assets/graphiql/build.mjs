// Bundles GraphiQL into dist/: one script, one style sheet, and the licences of all that went into them.
// Run `npm ci && npm run build` here; the outcome is committed, and a test builds it again into another folder and compares.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const folder = process.argv[2] ?? 'dist';

const outcome = await build({
  entryPoints: { editor: 'editor.mjs' },
  outdir: folder,
  bundle: true,
  minify: true,
  // GraphiQL names its icons by their functions.
  keepNames: true,
  format: 'iife',
  target: 'es2020',
  charset: 'utf8',
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
  metafile: true,
  logLevel: 'warning',
});

// The fonts within are under a licence of their own, and larger than all the rest of the style: the system's will do.
const style = readFileSync(join(folder, 'editor.css'), 'utf8');
writeFileSync(join(folder, 'editor.css'), style.replaceAll(/@font-face\{[^}]*\}/g, ''));

/** The folder of the package that a file came from. */
function packageOf(file) {
  let folder = dirname(file);
  while (!(existsSync(join(folder, 'package.json')) && JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)) {
    folder = dirname(folder);
  }
  return folder;
}

/** The MIT licence, for packages that name it and hold no text of it. */
const mit = (by) => `Copyright (c) ${by}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const inputs = Object.keys(outcome.metafile.inputs).filter((file) => file.startsWith('node_modules/'));
const packages = new Map();
for (const folder of new Set(inputs.map(packageOf))) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  if (!file && license !== 'MIT') throw new Error(`${name} holds no text of its licence (${license})`);
  const by = (typeof author === 'string' ? author : author?.name) ?? `the contributors to ${name}`;
  const text = file ? readFileSync(join(folder, file), 'utf8').trim().replaceAll('\r\n', '\n') : mit(by);
  packages.set(`${name} ${version}`, `${name} ${version}\nLicence: ${license}\n\n${text}\n`);
}
const rule = `\n${'-'.repeat(80)}\n\n`;
const head = `editor.js and editor.css are bundles of the ${packages.size} packages below, from the npm registry, by the versions in package-lock.json.\n`;
const texts = [...packages.keys()].sort().map((key) => packages.get(key));
writeFileSync(join(folder, 'LICENSES.txt'), [head, ...texts].join(rule));
