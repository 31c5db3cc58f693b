/** Builds the app with an engine that believes status codes, into FIELD_OUT: the control of tests/journeys/test_field.py. */
import { resolve } from 'node:path';

import { mergeConfig } from 'vite';

import real from '../../../vite.field.config.ts';

const here = resolve('field/tests/naive');

export default mergeConfig(real, {
  plugins: [
    {
      name: 'naive',
      enforce: 'pre',
      resolveId(source: string, importer = '') {
        const name = /(receipts|transport)\.ts$/.exec(source)?.[0];
        return name && !importer.includes('/naive/') ? `${here}/${name}` : undefined;
      },
    },
  ],
});
