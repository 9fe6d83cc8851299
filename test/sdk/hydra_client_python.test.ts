import { it } from 'node:test';
import { pythonWith } from '../installed.ts';
import { checkWalk } from './program.ts';

const here = new URL('python', import.meta.url).pathname;

it('ory-hydra-client of Python walks every operation that it has', async (t) => {
  const python = await pythonWith(`${here}/requirements.txt`);
  await checkWalk(t, [python, `${here}/walk.py`]);
});
