/** What the script itself says, in the language of the page. Everything else is written by the server. */

const chinese = {
  busy: '正在处理…',
  close: '关闭',
  columns: '列设置',
  server: '服务器出错了。您填写的内容还在页面上，请稍后再试。',
  network: '网络不通或超时，没有收到服务器的回答。请检查网络后再试。',
  missing: '没有找到这条记录，或者它不在您的管理范围内。',
  refused: '您没有办理这件事的权限。',
  tooLarge: '文件太大，服务器没有接收。',
  tooMany: '操作过于频繁，请稍后再试。',
  chart: '图表没有加载出来，数据见旁边的表格。',
  leave: '本页有未保存的内容。',
  wan: '万',
  each: '个',
  rest: '显示其余 # 行',
};

const english: typeof chinese = {
  busy: 'Working…',
  close: 'Close',
  columns: 'Columns',
  server: 'The server failed. What you typed is still on the page; please try again later.',
  network: 'No answer from the server: the network is down or too slow. Please check it and try again.',
  missing: 'There is no such record, or it is outside your area.',
  refused: 'You may not do this.',
  tooLarge: 'The file is too large for the server.',
  tooMany: 'Too many requests; please wait a moment.',
  chart: 'The chart could not be loaded; see the table beside it.',
  leave: 'This page holds unsaved input.',
  wan: '',
  each: '',
  rest: 'Show # more rows',
};

export const isEnglish = document.documentElement.lang.startsWith('en');
export const words = isEnglish ? english : chinese;
