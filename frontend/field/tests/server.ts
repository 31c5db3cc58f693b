/** A server that keeps the contract (docs/sync.md), behind a network that does not. For tests. */
import { canonical, sha256 } from '../engine/canonical.ts';
import type { Json } from '../engine/canonical.ts';
import type { Answer, Body, Operation } from '../engine/operations.ts';
import { understood, Unreachable } from '../engine/transport.ts';
import type { Sent, Transport } from '../engine/transport.ts';

export class Server {
  rows = new Map<string, { operation: Operation; answer: Answer; times: number }>();
  photos = new Map<string, Uint8Array>();
  waits: (operation: Operation) => boolean = () => false;
  refuse: (operation: Operation) => string | undefined = () => undefined;
  unreadable: (operation: Operation) => boolean = () => false;
  signedOut = false;

  async answer(sent: Sent): Promise<[number, string]> {
    if (this.signedOut) return [401, JSON.stringify({ message: '登录已过期。', code: 'signed_out' })];
    if (sent.method === 'PUT') {
      const name = await sha256(sent.bytes!);
      if (sent.path !== `photos/${name}`) return [400, JSON.stringify({ message: '照片内容和名称不符。', code: 'wrong_hash' })];
      this.photos.set(name, sent.bytes!);
      return [200, this.said({ sha256: name, size: sent.bytes!.length })];
    }
    const { operations } = JSON.parse(JSON.stringify(sent.json)) as { operations: Operation[] };
    if (operations.some(this.unreadable)) return [400, JSON.stringify({ message: '这一批里有读不懂的记录。', code: 'bad_request' })];
    const answers: Answer[] = [];
    for (const operation of operations) answers.push(await this.take(operation));
    return [200, this.said({ answers: answers as unknown as Json })];
  }

  private async take(operation: Operation): Promise<Answer> {
    const hash = await sha256(canonical(operation as unknown as Json));
    const known = this.rows.get(operation.id);
    if (known) return known.answer.hash === hash ? { ...known.answer, status: known.answer.status === 'created' ? 'duplicate' : known.answer.status } : { id: operation.id, hash, status: 'rejected', message: '同一编号内容不同。' };
    const missing = (operation.photos ?? []).filter((name) => !this.photos.has(name));
    if (missing.length) return { id: operation.id, hash, status: 'photos_missing', missing };
    if (this.waits(operation)) return { id: operation.id, hash, status: 'held' };
    const why = this.refuse(operation);
    const answer: Answer = why ? { id: operation.id, hash, status: 'rejected', message: why } : { id: operation.id, hash, status: 'created' };
    this.rows.set(operation.id, { operation, answer, times: 1 });
    return answer;
  }

  private said(answer: Body): string {
    return JSON.stringify({ ...answer, server_time: '2016-06-08T10:00:00+08:00', business_date: '2016-06-08' });
  }
}

export function quiet(server: Server): Transport {
  return async (sent) => understood(...(await server.answer(sent)));
}

/** Faults by a seeded chance: request lost, answer lost after the server kept it, pages of gateways and portals, answers for others. */
export function bad(server: Server, chance: () => number, share = 0.5): Transport {
  return async (sent) => {
    const fate = chance() < share ? Math.floor(chance() * 7) : -1;
    if (fate === 0) throw new Unreachable('lost on the way');
    if (fate === 1) return understood(200, '<html>请先登录校园网</html>');
    if (fate === 2) return understood(200, '{"code":0,"msg":"ok"}');
    if (fate === 3) return understood(502, '<html>Bad Gateway</html>');
    const [status, text] = await server.answer(sent);
    if (fate === 4) throw new Unreachable('answer lost');
    if (fate === 5) return understood(status, text.slice(0, Math.floor(text.length / 2)));
    if (fate === 6 && sent.method === 'POST') {
      // Somebody else's receipts, and one with another hash.
      const said = JSON.parse(text);
      for (const answer of said.answers ?? []) answer.hash = answer.hash.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'));
      return understood(status, JSON.stringify(said));
    }
    return understood(status, text);
  };
}

export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
