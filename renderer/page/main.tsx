// The page's entry: the host of where it runs, then the views.

import { createRoot } from 'react-dom/client';
import { documents, validators } from 'virtual:schemas';
import { BRIDGE_NAME, type DesktopBridge } from '../../schemas/ipc.ts';
import { createBridgeHost } from '../host/bridge-host.ts';
import { createLocalMemory, createWebHost } from '../host/web-host.ts';
import { createPreferences } from '../state/preferences.ts';
import type { Timers } from '../state/timers.ts';
import { parsePlace } from '../state/paths.ts';
import { Root } from '../views/root.tsx';
import { loadAhead } from '../views/view-components.ts';
import { HOME } from '../views/view-list.ts';
import './theme.css';
import './layout.css';
import '../ui/ui.css';
import '../views/views.css';
import '../views/sites/sites.css';

const timers: Timers = {
  nowMs: () => Date.now(),
  wait: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

/** What the desktop's preload puts on the page; a browser has nothing there. */
const bridge = (globalThis as { [BRIDGE_NAME]?: DesktopBridge })[BRIDGE_NAME];

async function main(): Promise<void> {
  loadAhead(parsePlace(location.hash)[0] ?? HOME);
  const host =
    bridge === undefined ? createWebHost() : createBridgeHost(bridge, createLocalMemory());
  const [site] = host.book === undefined ? await host.sites() : [];
  const place = document.getElementById('app');
  if (place === null) return;
  createRoot(place).render(
    <Root
      host={host}
      site={site}
      preferences={createPreferences(host.memory)}
      schemas={documents}
      checks={validators}
      timers={timers}
    />,
  );
}

void main();
