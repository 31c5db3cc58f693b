import './style.css';
import { createApp } from 'vue';

import App from './App.vue';
import { begin } from './session.ts';
import { keepUpdated } from './update.ts';

void begin().then(() => {
  createApp(App).mount('#app');
  keepUpdated();
});
