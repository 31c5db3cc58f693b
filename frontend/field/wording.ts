/** Records in words. */
import type { Held } from './engine/operations.ts';
import { list } from './session.ts';
import { t } from './words.ts';

export function kindWords(held: Held): string {
  const items = held.operation.body['items'];
  const category = Array.isArray(items) && items[0] && typeof items[0] === 'object' && !Array.isArray(items[0]) ? String(items[0]['category'] ?? '') : '';
  switch (held.operation.kind) {
    case 'log': return list('category')[category] ?? t('工作日志');
    case 'visit_facts': return t('入户核实');
    case 'household_facts': return t('核实情况');
    case 'draft': return t('代记');
    case 'draft_accept': return t('采用代记');
    case 'draft_return': return t('退回代记');
    case 'draft_withdraw': return t('撤回代记');
    case 'service_promise': return t('答应办');
    case 'service_done': return t('实事办好');
    case 'service_confirm': return t('群众确认');
    case 'leave_request': return t('请假');
    case 'leave_cancel': return t('撤回请假');
    case 'leave_return': return t('销假');
    case 'attendance_propose':
    case 'attendance_correct':
    case 'attendance_submit': return t('考勤');
    case 'monthly_plan': return t('计划');
    case 'monthly_summary': return t('小结');
    case 'upward_request':
    case 'request_confirm':
    case 'request_send_back':
    case 'request_withdraw': return t('向上要');
    case 'message_read': return t('看过消息');
    default: return held.operation.kind;
  }
}

/** The day a record is about; else the day it was written. */
export function dayOf(held: Held): string {
  return String(held.operation.body['on'] ?? held.operation.at.slice(0, 10));
}

/** A class for its colour, and the words that say the same without colour. */
export function stateTag(held: Held): [string, string] {
  switch (held.state) {
    case 'waiting': return ['warn', held.note ? t('待上传：{note}', { note: held.note }) : t('待上传')];
    case 'sending':
      if (held.answer?.status === 'held') return ['warn', t('已到服务器，等前一条')];
      return ['warn', held.note ? t('待上传：{note}', { note: held.note }) : t('已发出，等回执')];
    case 'refused': return ['bad', t('被退回')];
    case 'conflict': return ['bad', t('有冲突')];
    case 'closed': return ['', t('已处理')];
    default: return ['ok', t('已收到')];
  }
}

const FACTS: Record<string, string> = { phone: '电话', contact: '户主不在时找谁', causes: '致贫原因', needs: '眼下的需要' };

export function factWords(field: string): string {
  return FACTS[field] ? t(FACTS[field]) : field;
}

export function valueWords(value: unknown, field: string): string {
  if (field === 'causes' && Array.isArray(value)) return value.map((code) => list('cause')[String(code)] ?? String(code)).join(t('、')) || t('没有填');
  if (value === null || value === undefined || value === '') return t('没有填');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function factsOf(held: Held | undefined): Record<string, unknown> {
  return (held?.operation.body['facts'] ?? {}) as Record<string, unknown>;
}
