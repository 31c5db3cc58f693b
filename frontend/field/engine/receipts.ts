/** The one place that decides whether the server has a record. */
import { FINAL } from './operations.ts';
import type { Answer, Body, Held } from './operations.ts';

const KNOWN: readonly string[] = [...FINAL, 'held', 'photos_missing', 'error'];

/** The answers that name a record of this batch by its id **and** its hash. Everything else in the answer says nothing. */
export function believed(answer: Body, batch: readonly Held[]): Map<string, Answer> {
  const found = new Map<string, Answer>();
  const said = answer['answers'];
  if (!Array.isArray(said)) return found;
  for (const one of said as unknown as Answer[]) {
    const held = batch.find((candidate) => candidate.operation.id === one?.id);
    if (held && one.hash === held.hash && KNOWN.includes(one.status)) found.set(one.id, one);
  }
  return found;
}

export function isFinal(answer: Answer): boolean {
  return (FINAL as readonly string[]).includes(answer.status);
}
