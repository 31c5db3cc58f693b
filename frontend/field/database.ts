import { PhoneDatabase } from './engine/store.ts';

export const database = new PhoneDatabase();
