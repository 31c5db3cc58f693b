/** The engine without a browser: `node --test`. The store is the real one, on an IndexedDB in memory. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { canonical, sha256 } from '../engine/canonical.ts';
import type { Json } from '../engine/canonical.ts';
import { businessToday, leaseLeft, serverNow, shanghaiTime } from '../engine/clock.ts';
import { madeAt, newId } from '../engine/ids.ts';
import type { Answer, Body, Held, Operation } from '../engine/operations.ts';
import { wait } from '../engine/pace.ts';
import { NotAParcel, packed, unpacked } from '../engine/parcel.ts';
import { initials } from '../engine/pinyin.ts';
import { send } from '../engine/sending.ts';
import { EMPTY, merged } from '../engine/slice.ts';
import type { Household } from '../engine/slice.ts';
import { forgetFetched, Frozen, PhoneDatabase, PhoneStore } from '../engine/store.ts';
import { Refused, Unreachable } from '../engine/transport.ts';
import type { Transport } from '../engine/transport.ts';
import { newKey, open, seal, unwrap, wrap, WrongSecret } from '../engine/vault.ts';
import { bad, quiet, seeded, Server } from './server.ts';

let phones = 0;

async function phone(account = 'li#1'): Promise<PhoneStore> {
  phones += 1;
  return new PhoneStore(new PhoneDatabase(`phone-${phones}`), account, await newKey());
}

async function write(store: PhoneStore, words: string, picture?: string): Promise<Operation> {
  const attachments = [];
  if (picture) {
    const bytes = new TextEncoder().encode(picture);
    attachments.push({ sha256: await sha256(bytes), type: 'image/jpeg', bytes });
  }
  const operation: Operation = {
    id: newId(), kind: 'log', at: shanghaiTime(Date.now()), body: { on: '2016-06-08', items: [{ category: 'visit', content: words }] },
    ...(attachments.length ? { photos: attachments.map((one) => one.sha256) } : {}),
  };
  await store.add(operation, words, attachments);
  return operation;
}

function sender(store: PhoneStore, transport: Transport, believed?: (answer: Body, batch: readonly Held[]) => Map<string, Answer>) {
  return send({ queue: store, transport, token: 't', now: () => new Date(), ...(believed ? { believed } : {}) });
}

/** Tries until nothing waits, as the triggers would. */
async function persist(store: PhoneStore, transport: Transport, believed?: (answer: Body, batch: readonly Held[]) => Map<string, Answer>): Promise<void> {
  for (let round = 0; round < 200 && (await store.owes()); round += 1) {
    try {
      await sender(store, transport, believed);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }
}

test('ids keep the order of making when the clock is set back', () => {
  const ids = [newId(2_000_000_000_000), newId(1_000), newId(1_500_000_000_000), newId(2_000_000_000_000)];
  for (let at = 0; at < 5000; at += 1) ids.push(newId(5));
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
  assert.match(ids[0]!, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(Math.abs(madeAt(ids[0]!) - 2_000_000_000_000) < 2);
});

test('canonical JSON sorts, leaves nulls out, keeps Chinese and refuses fractions', async () => {
  const value: Json = { b: [1, null, { z: null, y: '“好”\n\u0001\u007f/' }], a: { d: true, c: '王' }, e: null, f: undefined, g: [] };
  assert.equal(canonical(value), '{"a":{"c":"王","d":true},"b":[1,{"y":"“好”\\n\\u0001\u007f/"}],"g":[]}');
  assert.throws(() => canonical({ a: 1.5 }), RangeError);
  assert.equal(canonical('\ud83d'), '"\ufffd"');
  assert.equal(canonical('😀'), '"😀"');
  assert.equal(await sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('what waits at the server for an earlier record is asked about until its end is known', async () => {
  const [store, server] = [await phone(), new Server()];
  const operation = await write(store, '确认实事');
  server.waits = () => true;
  assert.equal((await sender(store, quiet(server))).left, 1);
  assert.equal((await store.get(operation.id))!.answer!.status, 'held');
  assert.equal(await store.owes(), 1);
  server.waits = () => false;
  server.refuse = () => '前一条没有办成。';
  await sender(store, quiet(server));
  const [refused] = await store.list(['refused']);
  assert.equal(refused!.answer!.message, '前一条没有办成。');
});

test('a record and its photo arrive once, each with a receipt', async () => {
  const [store, server] = [await phone(), new Server()];
  const operation = await write(store, '入户', 'jpeg');
  assert.equal((await sender(store, quiet(server))).answered, 1);
  const [held] = await store.list(['received']);
  assert.equal(held!.answer!.hash, held!.hash);
  assert.equal(held!.answeredAt, '2016-06-08T10:00:00+08:00');
  assert.deepEqual([...server.photos.keys()], operation.photos);
  assert.equal(await store.owes(), 0);
});

test('on a bad network nothing is lost, doubled or falsely taken for received', async () => {
  for (let session = 0; session < 24; session += 1) {
    const [store, server] = [await phone(), new Server()];
    const made = [];
    for (let at = 0; at < 12; at += 1) made.push(await write(store, `第 ${at} 条`, at % 3 ? undefined : `photo ${session} ${at}`));
    await persist(store, bad(server, seeded(session)));
    assert.deepEqual([...server.rows.keys()].sort(), made.map((operation) => operation.id));
    assert.equal((await store.list(['received'])).length, 12);
    assert.equal(server.photos.size, 4);
  }
});

test('control: a phone that believes the status code loses records on the same network', async () => {
  const byStatus = (_: Body, batch: readonly Held[]): Map<string, Answer> =>
    new Map(batch.map((held) => [held.operation.id, { id: held.operation.id, hash: held.hash, status: 'created' }]));
  let lost = 0;
  for (let session = 0; session < 8; session += 1) {
    const [store, server] = [await phone(), new Server()];
    for (let at = 0; at < 12; at += 1) await write(store, `第 ${at} 条`);
    const network = bad(server, seeded(session));
    // Without a look at what is inside, a portal's page is an answer too.
    const naive: Transport = (sent) => network(sent).catch((error) => (/not our server \(200\)|not our server$/.test(String(error.message)) ? {} : Promise.reject(error)));
    await persist(store, naive, byStatus);
    lost += (await store.list(['received'])).filter((held) => !server.rows.has(held.operation.id)).length;
  }
  assert.ok(lost > 0, 'the network of the test is too kind to show anything');
});

test('a record the server cannot read does not hold up the others and stays on the phone', async () => {
  const [store, server] = [await phone(), new Server()];
  for (let at = 0; at < 15; at += 1) await write(store, `第 ${at} 条`);
  server.unreadable = (operation) => JSON.stringify(operation).includes('第 3 条');
  const sent = await sender(store, quiet(server));
  assert.deepEqual([sent.answered, sent.left, server.rows.size], [14, 1, 14]);
  const [left] = await store.list(['waiting', 'sending']);
  assert.equal(left!.title, '第 3 条');
  assert.equal(left!.note, '这一批里有读不懂的记录。');
});

test('what is refused goes to the tray with its reason, and stays after it was dealt with', async () => {
  const [store, server] = [await phone(), new Server()];
  const operation = await write(store, '日期早于到任');
  server.refuse = () => '2016-01-01 不在任职期间，请核对日期。';
  await sender(store, quiet(server));
  const [refused] = await store.list(['refused']);
  assert.equal(refused!.answer!.message, '2016-01-01 不在任职期间，请核对日期。');
  assert.equal(await store.owes(), 0);
  await store.close(operation.id, '改好再报');
  assert.equal((await store.get(operation.id))!.state, 'closed');
  assert.ok((await store.get(operation.id))!.answer);
});

test('a photo the server lost is sent again', async () => {
  const [store, server] = [await phone(), new Server()];
  const operation = await write(store, '入户', 'jpeg');
  await store.markPhoto(operation.photos![0]!, true);
  await sender(store, quiet(server));
  assert.equal(server.photos.size, 1);
  assert.equal((await store.get(operation.id))!.state, 'received');
});

test('a token that is dead leaves everything where it is', async () => {
  const [store, server] = [await phone(), new Server()];
  await write(store, '入户', 'jpeg');
  server.signedOut = true;
  await assert.rejects(sender(store, quiet(server)), (error) => error instanceof Refused && error.status === 401);
  assert.equal(await store.owes(), 1);
  server.signedOut = false;
  await sender(store, quiet(server));
  assert.equal(server.rows.size, 1);
});

test('a record is frozen from its first byte until its answer', async () => {
  const [store, server] = [await phone(), new Server()];
  const operation = await write(store, '原来的话');
  await store.edit({ ...operation, body: { on: '2016-06-08', items: [] } }, '改过的话');
  const network = quiet(server);
  await assert.rejects(
    sender(store, async (sent) => {
      await assert.rejects(store.edit(operation, '发送时改'), Frozen);
      await assert.rejects(store.discard(operation.id), Frozen);
      await network(sent);
      throw new Unreachable('answer lost');
    }),
    Unreachable,
  );
  await assert.rejects(store.edit(operation, '没有回音时改'), Frozen);
  await sender(store, network);
  assert.equal((await store.get(operation.id))!.answer!.status, 'duplicate');
});

test('another account on the same phone sees nothing and sends nothing of the first', async () => {
  const first = await phone('li#1');
  const operation = await write(first, '李的记录');
  const second = new PhoneStore(first.database, 'wang#2', await newKey());
  assert.equal(await second.owes(), 0);
  assert.equal(await second.get(operation.id), undefined);
  await forgetFetched(first.database, 'li#1');
  assert.equal(await first.owes(), 1);
});

test('what an ended role had not sent goes on under the new one, with its photos and receipts', async () => {
  const [before, server] = [await phone('li#old'), new Server()];
  await write(before, '已收到的', 'first');
  await sender(before, quiet(server));
  const operation = await write(before, '还没发的', 'second');
  const after = new PhoneStore(before.database, 'li#new', await newKey());
  assert.equal(await after.adopt(before), 2);
  assert.equal(await before.owes(), 0);
  assert.equal((await after.list(['received']))[0]!.title, '已收到的');
  await sender(after, quiet(server));
  assert.deepEqual([server.rows.size, server.photos.size], [2, 2]);
  assert.equal((await after.get(operation.id))!.state, 'received');
});

test('what lies in the store does not hold the words', async () => {
  const store = await phone();
  await write(store, '香菇大棚', '照片里的字');
  await store.putCached({ slice: { head: '王建军' } });
  const lying = [...(await store.database.operations.toArray()), ...(await store.database.photos.toArray()), ...(await store.database.cache.toArray())];
  const texts = lying.map((row) => new TextDecoder().decode(row.sealed.data) + JSON.stringify({ ...row, sealed: 0 }));
  for (const text of texts) assert.doesNotMatch(text, /香菇|照片里|王建军/);
});

test('the key opens with its secret only, and content only in its own place', async () => {
  const key = await newKey();
  const wrapped = await wrap(key, '135790', 1000);
  await assert.rejects(unwrap(wrapped, '135791'), WrongSecret);
  const sealed = await seal(await unwrap(wrapped, '135790'), new TextEncoder().encode('字'), 'a');
  assert.equal(new TextDecoder().decode(await open(key, sealed, 'a')), '字');
  await assert.rejects(open(key, sealed, 'b'));
});

test('the queue leaves as a file that opens with its word only', async () => {
  const store = await phone();
  const operation = await write(store, '入户', 'jpeg');
  const photo = await store.photo(operation.photos![0]!);
  const file = await packed(store.account, await store.list(['waiting']), [photo!], '长一点的口令');
  assert.doesNotMatch(file, /入户/);
  await assert.rejects(unpacked(file, '别的口令'), WrongSecret);
  await assert.rejects(unpacked('{}', 'x'), NotAParcel);
  const contents = await unpacked(file, '长一点的口令');
  assert.equal(contents.records[0]!.operation.id, operation.id);
  assert.equal(contents.photos.length, 1);
});

test('a slice takes changes, drops what is gone and forgets a place that was taken away', () => {
  const household = (id: string, place: string): Household => ({ id, version: 1, place, head: id, members: [] });
  const whole = merged(EMPTY, { cursor: '1', whole: true, places: [{ code: '611022101201', name: '甲村' }, { code: '611022101202', name: '乙村' }], households: [household('a', '611022101201'), household('b', '611022101202'), household('c', '611022101201')] as never });
  const later = merged(whole, { cursor: '2', whole: false, households: [{ ...household('a', '611022101201'), version: 2 }] as never, gone: ['c'], revoked: ['611022101202'] });
  assert.deepEqual(Object.keys(later.households), ['a']);
  assert.equal(later.households['a']!.version, 2);
  assert.deepEqual(later.places.map((place) => place.name), ['甲村']);
  assert.deepEqual(Object.keys(merged(later, { cursor: '3', whole: true, households: [] }).households), []);
});

test('the clock of the phone decides nothing', () => {
  const server = Date.parse('2016-06-08T10:00:00+08:00');
  for (const days of [-400, -1, 0, 1, 400]) {
    const contact = { server, phone: server + days * 86_400_000, business: '2016-06-08' };
    assert.equal(businessToday(contact, contact.phone + 3 * 86_400_000), '2016-06-11');
    assert.equal(leaseLeft(contact, contact.phone + 13 * 86_400_000) > 0, true);
    assert.equal(leaseLeft(contact, contact.phone + 15 * 86_400_000) > 0, false);
    assert.equal(serverNow(contact, contact.phone - 86_400_000), server); // set back: time does not run backward
  }
  const demonstration = { server: Date.parse('2026-11-26T10:00:00+08:00'), phone: 0, business: '2016-06-08' };
  assert.equal(businessToday(demonstration, 5 * 86_400_000), '2016-06-08');
});

test('waiting doubles, is capped and spread', () => {
  assert.deepEqual([wait(1, 1), wait(2, 1), wait(3, 1), wait(50, 1)], [4000, 8000, 16_000, 600_000]);
  assert.equal(wait(1, 0), 2000);
});

test('a household is found by the initials of its head', () => {
  assert.deepEqual(['王建军', '单志强', '曾秀英', '解放', '赵二A'].map(initials), ['WJJ', 'SZQ', 'ZXY', 'XF', 'ZEA']);
});
