// The page's entry: the host of where it runs, then the views.

import { createRoot } from 'react-dom/client';
import { documents, validators } from 'virtual:schemas';
import { createWebHost } from '../host/web-host.ts';
import { createPreferences } from '../state/preferences.ts';
import { createSiteSession } from '../state/site.ts';
import type { Timers } from '../state/timers.ts';
import { App } from '../views/app.tsx';
import './theme.css';
import './layout.css';
import '../ui/ui.css';
import '../views/views.css';

const timers: Timers = {
  nowMs: () => Date.now(),
  wait: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

async function main(): Promise<void> {
  const host = createWebHost();
  const [site] = await host.sites();
  const place = document.getElementById('app');
  if (site === undefined || place === null) return;
  const session = createSiteSession(site, host.connect(site.id), timers);
  createRoot(place).render(
    <App
      host={host}
      session={session}
      preferences={createPreferences(host.memory)}
      schemas={documents}
      checks={validators}
      timers={timers}
    />,
  );
}

void main();
