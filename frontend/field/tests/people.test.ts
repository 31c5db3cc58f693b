/** Two people on one phone: the store without a browser, on an IndexedDB in memory. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shanghaiTime } from '../engine/clock.ts';
import { newId } from '../engine/ids.ts';
import type { Operation } from '../engine/operations.ts';
import { isKeyOf, isShared, people, seclude } from '../engine/people.ts';
import { send } from '../engine/sending.ts';
import { forgetFetched, Frozen, PhoneDatabase, PhoneStore } from '../engine/store.ts';
import type { Keyring } from '../engine/store.ts';
import { newKey, openJson, sealJson, unwrap, wrap, WrongSecret } from '../engine/vault.ts';
import { quiet, Server } from './server.ts';

let phones = 0;
const FEW = 1000; // rounds: the tests try no passwords

async function moveIn(database: PhoneDatabase, login: string, name: string, secrets: { password: string; pin?: string }): Promise<PhoneStore> {
  const key = await newKey();
  const ring: Keyring = {
    account: `${login}#1`, login, name, role: '某村', byPassword: await wrap(key, secrets.password, FEW), token: await sealJson(key, `token-of-${login}`, 'token'),
    wrong: 0, until: 0, ...(secrets.pin ? { byPin: await wrap(key, secrets.pin, FEW) } : { plain: key }),
  };
  await database.keyrings.put(ring);
  return new PhoneStore(database, ring.account, key);
}

async function write(store: PhoneStore, words: string): Promise<Operation> {
  const operation: Operation = { id: newId(), kind: 'draft', at: shanghaiTime(Date.now()), body: { on: '2016-06-08', items: [{ category: 'visit', content: words }] } };
  await store.add(operation, words);
  return operation;
}

async function two(): Promise<{ database: PhoneDatabase; clerk: PhoneStore; official: PhoneStore }> {
  phones += 1;
  const database = new PhoneDatabase(`shared-${phones}`);
  const clerk = await moveIn(database, 'clerk', '李会计', { password: 'clerk-password' });
  const official = await moveIn(database, 'wang', '王朝辉', { password: 'wang-password', pin: '314159' });
  return { database, clerk, official };
}

test('neither reads, lists, edits or throws away what the other wrote', async () => {
  const { clerk, official } = await two();
  const said = await write(clerk, '李家老人住院');
  assert.equal((await official.list(['waiting'])).length, 0);
  assert.equal(await official.get(said.id), undefined);
  assert.equal((await official.next(10, new Set())).length, 0);
  await assert.rejects(official.discard(said.id), Frozen);
  await assert.rejects(official.edit({ ...said, body: {} }, ''), Frozen);
  assert.equal((await clerk.get(said.id))?.title, '李家老人住院');
});

test('the key of one does not open what is sealed with the key of the other', async () => {
  const { database, clerk, official } = await two();
  const said = await write(clerk, '李家老人住院');
  const disguised = new PhoneStore(database, clerk.account, official.key);
  await assert.rejects(disguised.get(said.id));
  assert.deepEqual(await Promise.all([clerk.key, official.key].map((key) => isKeyOf(database, clerk.account, key))), [true, false]);
  assert.equal(await isKeyOf(database, official.account, clerk.key), true); // nothing there yet
  const ring = (await database.keyrings.get(clerk.account))!;
  await assert.rejects(openJson(official.key, ring.token!, 'token'));
  assert.equal(await openJson(clerk.key, ring.token!, 'token'), 'token-of-clerk');
});

test('everybody is counted without a key, and a switch destroys nothing', async () => {
  const { database, clerk, official } = await two();
  await write(clerk, '一');
  await write(clerk, '二');
  await write(official, '三');
  await forgetFetched(database, official.account);
  const seen = async (): Promise<[string, number][]> => (await people(database)).map((one) => [one.name, one.owed]);
  assert.deepEqual(await seen(), [['李会计', 2], ['王朝辉', 1]]);
  assert.equal(await isShared(database, 'clerk'), true);
});

test('one sends the own queue only; that of the other waits for its person', async () => {
  const { clerk, official } = await two();
  await write(clerk, '一');
  await write(official, '二');
  const server = new Server();
  const round = (queue: PhoneStore): Promise<unknown> => send({ queue, transport: quiet(server), token: 't', now: () => new Date() });
  await round(official);
  assert.deepEqual([await official.owes(), await clerk.owes()], [0, 1]);
  await round(clerk);
  assert.equal(await clerk.owes(), 0);
  assert.equal(server.rows.size, 2);
});

test('when a second person comes no key lies open, and each is opened by the own secret only', async () => {
  const { database, clerk } = await two();
  const said = await write(clerk, '没发的');
  await seclude(database, 'wang');
  const ring = (await database.keyrings.get('clerk#1'))!;
  assert.equal(ring.plain, undefined);
  await assert.rejects(unwrap(ring.byPassword!, 'wang-password'), WrongSecret);
  const key = await unwrap(ring.byPassword!, 'clerk-password');
  assert.equal((await new PhoneStore(database, 'clerk#1', key).get(said.id))?.title, '没发的');
});

test('a key that nothing else opens is never thrown away', async () => {
  const { database } = await two();
  const ring = (await database.keyrings.get('clerk#1'))!;
  const { byPassword: _none, ...without } = ring;
  await database.keyrings.put(without);
  await seclude(database, 'wang');
  assert.ok((await database.keyrings.get('clerk#1'))!.plain);
});

test('who signed out is named only while something of theirs waits here', async () => {
  const { database, clerk } = await two();
  const said = await write(clerk, '没发的');
  await database.keyrings.update('clerk#1', { left: true });
  assert.deepEqual((await people(database)).map((one) => [one.name, one.left]), [['李会计', true], ['王朝辉', false]]);
  await clerk.discard(said.id);
  assert.deepEqual((await people(database)).map((one) => one.name), ['王朝辉']);
  assert.equal(await isShared(database, 'wang'), false);
});
