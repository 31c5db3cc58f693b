import { defineConfig } from 'vite';

// Twelve hexadecimal digits: WhiteNoise takes such names as immutable, so that browsers keep them for ever.
const name = '[name].[hash:12]';

export default defineConfig({
  root: 'console',
  base: './',
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: '../../shibaiqian/static/built/console',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'chrome87',
    modulePreload: false,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      input: { console: 'console/console.ts', style: 'console/console.css' },
      output: {
        hashCharacters: 'hex',
        entryFileNames: `${name}.js`,
        chunkFileNames: `chunks/${name}.js`,
        assetFileNames: `${name}[extname]`,
      },
    },
  },
});
