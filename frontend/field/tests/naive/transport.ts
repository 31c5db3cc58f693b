/** For the control: a 200 is an answer, whoever wrote it. */
import { overFetch as strict, Unreachable } from '../../engine/transport.ts';
import type { Transport } from '../../engine/transport.ts';

export { PROTOCOL, Refused, understood, Unreachable } from '../../engine/transport.ts';
export type { Sent, Transport } from '../../engine/transport.ts';

export function overFetch(root: string, language: () => string): Transport {
  const ask = strict(root, language);
  return (sent) =>
    ask(sent).catch((error) => {
      if (error instanceof Unreachable && /\(200\)$|not our server$/.test(error.message)) return {};
      throw error;
    });
}
