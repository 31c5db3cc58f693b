/** For the control: whatever the answer says, the records of a request that was answered are received. */
import type { Answer, Body, Held } from '../../engine/operations.ts';

export { isFinal } from '../../engine/receipts.ts';

export function believed(_answer: Body, batch: readonly Held[]): Map<string, Answer> {
  return new Map(batch.map((held) => [held.operation.id, { id: held.operation.id, hash: held.hash, status: 'created' }]));
}
