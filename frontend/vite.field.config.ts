import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

// Twelve hexadecimal digits: WhiteNoise takes such names as immutable, so that browsers keep them for ever.
const name = '[name].[hash:12]';
const built = process.env['FIELD_OUT'] ?? '../shibaiqian/static/built';
const base = '/static/built/field/';
const plain = ['manifest.webmanifest', 'icon-192.png', 'icon-512.png'];

/** Puts the page, the service worker and the manifest where they are served under /m/, and tells the worker what to keep. */
function shell(): Plugin {
  return {
    name: 'shell',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const folder = join(built, 'root', 'm');
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder, { recursive: true });
        const files = new Map<string, string | Uint8Array>();
        const page = bundle['index.html'];
        const worker = bundle['sw.js'];
        if (page?.type !== 'asset' || worker?.type !== 'chunk') throw new Error('the page or the service worker is missing');
        if (worker.imports.length || /^\s*(import|export)\b/m.test(worker.code)) throw new Error('the service worker must be one file');
        files.set('index.html', page.source);
        for (const file of plain) files.set(file, readFileSync(resolve('field/public', file)));
        delete bundle['index.html'];
        delete bundle['sw.js'];
        const kept = [
          ...Object.keys(bundle).map((file) => ({ url: base + file, revision: null })),
          ...[...files].map(([file, content]) => ({ url: file === 'index.html' ? '/m/' : `/m/${file}`, revision: digest(content) })),
        ];
        files.set('sw.js', worker.code.replace('self.__SHELL', JSON.stringify(kept)));
        for (const [file, content] of files) {
          writeFileSync(join(folder, file), content);
          if (!file.endsWith('.png')) writeFileSync(join(folder, `${file}.gz`), gzipSync(content, { level: 9 }));
        }
      },
    },
  };
}

function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

export default defineConfig({
  root: 'field',
  base,
  publicDir: false,
  logLevel: 'warn',
  plugins: [vue({ features: { optionsAPI: false } }), shell()],
  build: {
    outDir: resolve(built, 'field'),
    emptyOutDir: true,
    target: 'chrome87',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: 'field/index.html', sw: 'field/sw.ts' },
      output: {
        hashCharacters: 'hex',
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : `${name}.js`),
        chunkFileNames: `${name}.js`,
        assetFileNames: `${name}[extname]`,
      },
    },
  },
});
