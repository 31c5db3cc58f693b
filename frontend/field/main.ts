import './style.css';
import { createApp } from 'vue';

import App from './App.vue';
import { applySettings } from './look.ts';
import { begin } from './session.ts';
import { keepUpdated } from './update.ts';

void applySettings().then(begin).then(() => createApp(App).mount('#app'));
keepUpdated();
