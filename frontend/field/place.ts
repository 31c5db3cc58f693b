/** Where a person is, once, at their tap, where they switched it on for themselves. Nothing else in the app asks the phone. */
import { store } from './session.ts';
import { t } from './words.ts';

/** WGS-84, in millionths of a degree, and metres, as the server takes it. */
export type Point = { latitude_e6: number; longitude_e6: number; accuracy_m: number };
export interface Found {
  point: Point;
  at: number;
}

/** Why there is none, in words for the person. Never a reason not to save. */
export class NoPlace extends Error {}

const PATIENCE = 15_000;
const FRESH = 10 * 60_000;
const STEP = 100; // millionths of a degree, about ten metres: finer is of no use to anybody
const FARTHEST = 100_000; // metres: a point less exact says nothing

/** A choice of the account, sealed with its key: whoever else uses the phone has their own. Off until it is switched on. */
export const isOffered = async (): Promise<boolean> => (await store().draft<boolean>('place')) === true;
export const offer = (yes: boolean): Promise<void> => store().putDraft('place', yes);

export async function placeNow(): Promise<Found> {
  if (!(await isOffered())) throw new NoPlace();
  const position = await new Promise<GeolocationPosition>((tell, fail) => {
    navigator.geolocation.getCurrentPosition(tell, (why) => fail(new NoPlace(words(why.code))), { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 });
  });
  const { latitude, longitude, accuracy } = position.coords;
  if (accuracy > FARTHEST) throw new NoPlace(words(0));
  return { point: { latitude_e6: rounded(latitude), longitude_e6: rounded(longitude), accuracy_m: Math.max(10, Math.ceil(accuracy)) }, at: Date.now() };
}

const rounded = (degrees: number): number => Math.round((degrees * 1e6) / STEP) * STEP;

function words(code: number): string {
  if (code === 1) return t('手机没有允许取位置。这条不带位置，照常保存；想带，可在浏览器的网站设置里允许。');
  if (code === 3) return t('等了 15 秒没有取到位置。这条不带位置，照常保存。');
  return t('手机现在说不出在哪里（没有卫星信号，或定位关着）。这条不带位置，照常保存。');
}

/** A place of long ago is not where the record was written: it would only raise questions. */
export const fresh = (found: Found | undefined): Point | undefined => (found && Date.now() - found.at < FRESH ? found.point : undefined);
