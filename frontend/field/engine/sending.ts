/** Sends what waits: photos first, then records in batches of ten, in the order they were made. Destroys nothing. */
import type { Answer, Attachment, Body, Held } from './operations.ts';
import { believed as byIdAndHash, isFinal } from './receipts.ts';
import { Refused, Unreachable } from './transport.ts';
import type { Transport } from './transport.ts';

export const BATCH = 10;

/** What the sender needs of the phone's store. Each call is one transaction of its own. */
export interface Queue {
  /** Records waiting or being sent, oldest first, without those in `but`. */
  next(count: number, but: ReadonlySet<string>): Promise<Held[]>;
  owes(): Promise<number>;
  /** From now on the records cannot be edited. Returns them as they are then: an edit may have come between. */
  freeze(ids: string[]): Promise<Held[]>;
  settle(id: string, answer: Answer, at: string): Promise<void>;
  /** It stays, with the reason in plain words. */
  remark(id: string, note: string): Promise<void>;
  unsentPhotos(names: string[]): Promise<string[]>;
  photo(name: string): Promise<Attachment | undefined>;
  markPhoto(name: string, sent: boolean): Promise<void>;
}

export interface Sending {
  queue: Queue;
  transport: Transport;
  token: string;
  now: () => Date;
  /** What counts as a receipt. */
  believed?: (answer: Body, batch: readonly Held[]) => Map<string, Answer>;
}

/** `answered`: how many got a final answer; `left`: how many must come again although the server was there. */
export interface Sent {
  answered: number;
  left: number;
  last: Body | undefined;
}

/** One round. Throws `Unreachable` when the network or the server is away, `Refused` for what concerns the whole phone (401, 426). */
export async function send({ queue, transport, token, now, believed = byIdAndHash }: Sending): Promise<Sent> {
  const tried = new Set<string>();
  const again = new Set<string>();
  let answered = 0;
  let last: Body | undefined;
  for (;;) {
    const batch = await queue.next(BATCH, tried);
    if (!batch.length) break;
    const ready: Held[] = [];
    for (const held of batch) {
      tried.add(held.operation.id);
      if (await photosThere(held)) ready.push(held);
    }
    await post(ready);
  }
  return { answered, left: tried.size - answered, last };

  async function photosThere(held: Held): Promise<boolean> {
    for (const name of await queue.unsentPhotos(held.operation.photos ?? [])) {
      const photo = await queue.photo(name);
      if (!photo) continue; // the server will say that it lacks it
      try {
        const answer = await transport({ method: 'PUT', path: `photos/${name}`, bytes: photo.bytes, type: photo.type, token, patience: 60_000 });
        if (answer['sha256'] !== name) throw new Unreachable('not our server');
        last = answer;
      } catch (error) {
        if (!(error instanceof Refused) || concernsThePhone(error)) throw error;
        await queue.remark(held.operation.id, error.message);
        return false;
      }
      await queue.markPhoto(name, true);
    }
    return true;
  }

  async function post(chosen: Held[]): Promise<void> {
    if (!chosen.length) return;
    const batch = await queue.freeze(chosen.map((held) => held.operation.id));
    const owes = await queue.owes();
    let answer: Body;
    try {
      answer = await transport({
        method: 'POST', path: 'inbox', token, patience: 30_000,
        json: { owes, sent_at: now().toISOString(), operations: batch.map((held) => held.operation) },
      });
    } catch (error) {
      if (!(error instanceof Refused) || concernsThePhone(error)) throw error;
      // One of them cannot be read at all: alone, so that it does not hold up the others.
      if (batch.length > 1) for (const held of batch) await post([held]);
      else await queue.remark(batch[0]!.operation.id, error.message);
      return;
    }
    const answers = believed(answer, batch);
    if (!answers.size) throw new Unreachable('no receipt');
    last = answer;
    for (const held of batch) await take(held, answers.get(held.operation.id), String(answer['server_time'] ?? ''));
  }

  async function take(held: Held, answer: Answer | undefined, at: string): Promise<void> {
    const id = held.operation.id;
    if (!answer) return;
    if (isFinal(answer) || answer.status === 'held') {
      await queue.settle(id, answer, at);
      if (isFinal(answer)) answered += 1;
    } else if (answer.status === 'photos_missing' && !again.has(id)) {
      again.add(id);
      for (const name of answer.missing ?? held.operation.photos ?? []) await queue.markPhoto(name, false);
      tried.delete(id);
    } else {
      await queue.remark(id, answer.message ?? '');
    }
  }
}

/** Signed out, too old, told to slow down: nothing else would fare better. */
function concernsThePhone(error: Refused): boolean {
  return [401, 403, 408, 425, 426, 429].includes(error.status);
}
