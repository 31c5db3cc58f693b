/** Initials of Chinese names, from the browser's own pinyin order: no table to download. */

const LETTERS = 'ABCDEFGHJKLMNOPQRSTWXYZ';
const FIRSTS = '阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀';
// Read otherwise as a surname or in village names than the order takes them.
const SURNAMES: Record<string, string> = { 单: 'S', 曾: 'Z', 查: 'Z', 解: 'X', 仇: 'Q', 区: 'O', 朴: 'P', 盖: 'G', 翟: 'Z', 尉: 'W', 覃: 'Q', 缪: 'M' };
let order: Intl.Collator | undefined; // made when first needed: opening the app does not wait for it

/** 王建军 → WJJ. Other characters stay as they are. */
export function initials(name: string): string {
  return Array.from(name, (character, at) => (at === 0 && SURNAMES[character]) || initial(character)).join('');
}

function initial(character: string): string {
  if (!/[㐀-鿿]/.test(character)) return character.toUpperCase();
  order ??= new Intl.Collator('zh-CN-u-co-pinyin');
  for (let at = FIRSTS.length - 1; at >= 0; at--) if (order.compare(character, FIRSTS[at]!) >= 0) return LETTERS[at]!;
  return character;
}
