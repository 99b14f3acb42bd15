// The host of the page that an agent serves: one site, same origin. The session is a cookie that
// no script can read; signing in goes through the agent's own /sign-in, which answers no token.

import { type ClientFetch, createClient } from '../../agent/client/index.ts';
import type { Host, LineListener, LineSocket, Memory, Site, SiteConnection } from './host.ts';

/** The one site of the web host. */
export const OWN_SITE = 'own';

export function createWebHost(): Host {
  const site: Site = {
    id: OWN_SITE,
    name: location.host,
    address: location.origin,
    trust: location.protocol === 'https:' ? 'unknown' : 'plain',
    isSignedIn: true,
  };
  const connection = createConnection();
  return {
    kind: 'web',
    memory: createLocalMemory(),
    book: undefined,
    sites: () => Promise.resolve([site]),
    onSites: () => () => {},
    connect: () => connection,
    saveFile: (name, type, text) => {
      const address = URL.createObjectURL(new Blob([text], { type }));
      const link = document.createElement('a');
      link.href = address;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
      return Promise.resolve();
    },
    copyText: (text) => navigator.clipboard.writeText(text),
  };
}

function createConnection(): SiteConnection {
  const send: ClientFetch = (path, init) =>
    fetch(path, { ...init, credentials: 'same-origin', cache: 'no-store', redirect: 'error' });
  const client = createClient(send);
  return {
    siteId: OWN_SITE,
    fetch: send,
    openSocket,
    signIn: async ({ account, username, password }) => {
      await client.request('/sign-in', { method: 'PUT', data: { account, username, password } });
    },
    signOut: async () => {
      await client.request('/v2/token_auth', { method: 'DELETE' });
    },
  };
}

/** The cookie goes along, as with requests. */
function openSocket(path: string, listener: LineListener): LineSocket {
  const socket = new WebSocket(new URL(path, location.origin.replace(/^http/, 'ws')));
  socket.addEventListener('open', () => listener.onOpen());
  socket.addEventListener('message', ({ data }) => listener.onText(String(data)));
  socket.addEventListener('close', ({ reason }) => listener.onEnd(reason), { once: true });
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
}

const PREFIX = 'craftport.';

/** localStorage; where a browser refuses it, only for as long as the page lives. */
export function createLocalMemory(): Memory {
  const fallback = new Map<string, string>();
  return {
    load: (key) => {
      try {
        return localStorage.getItem(PREFIX + key) ?? fallback.get(key);
      } catch {
        return fallback.get(key);
      }
    },
    save: (key, value) => {
      try {
        if (value === undefined) localStorage.removeItem(PREFIX + key);
        else localStorage.setItem(PREFIX + key, value);
        fallback.delete(key);
      } catch {
        if (value === undefined) fallback.delete(key);
        else fallback.set(key, value);
      }
    },
    keys: () => {
      try {
        const kept = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
        return [...new Set([...kept.map((key) => key.slice(PREFIX.length)), ...fallback.keys()])];
      } catch {
        return [...fallback.keys()];
      }
    },
  };
}
