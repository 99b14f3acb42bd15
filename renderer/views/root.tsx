// One site in a browser; the book of sites, and one of them at a time, in the desktop.

import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { Host, Site } from '../host/host.ts';
import { createSiteSession } from '../state/site.ts';
import { words } from '../text/words.ts';
import { Loading } from '../ui/panel.tsx';
import { useStore } from '../ui/use-store.ts';
import { App, type AppProps } from './app.tsx';

/** Only the desktop has many sites; a browser need not load what shows them. */
const Sites = lazy(async () => ({ default: (await import('./sites/sites.tsx')).Sites }));

export type RootProps = Omit<AppProps, 'session' | 'onLeave'> & {
  /** The site of a host that has one. */
  readonly site: Site | undefined;
};

export function Root({ site, ...props }: RootProps) {
  const { host, preferences } = props;
  const { theme, density } = useStore(preferences);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    document.documentElement.dataset['density'] = density;
  }, [theme, density]);
  const [chosen, setChosen] = useState(site);
  const open = (next: Site | undefined): void => {
    location.hash = next === undefined ? '' : (host.memory.load(`place.${next.id}`) ?? '');
    setChosen(next);
  };
  useKeptPlace(host, host.book === undefined ? undefined : chosen);
  if (chosen !== undefined)
    return (
      <SiteApp
        key={chosen.id}
        {...props}
        site={chosen}
        {...(host.book === undefined ? {} : { onLeave: () => open(undefined) })}
      />
    );
  if (host.book === undefined) return null;
  return (
    <Suspense fallback={<Loading text={words.loading} />}>
      <Sites {...props} book={host.book} onOpen={open} />
    </Suspense>
  );
}

/** Each site is opened again where it was left, also after the window died. */
function useKeptPlace(host: Host, site: Site | undefined): void {
  useEffect(() => {
    if (site === undefined) return undefined;
    const keep = (): void => {
      if (location.hash !== '') host.memory.save(`place.${site.id}`, location.hash);
    };
    addEventListener('hashchange', keep);
    return () => removeEventListener('hashchange', keep);
  }, [host, site]);
}

function SiteApp({ site, ...props }: Omit<AppProps, 'session'> & { readonly site: Site }) {
  const { host, timers } = props;
  const session = useMemo(
    () => createSiteSession(site, host.connect(site.id), timers),
    [site, host, timers],
  );
  return <App {...props} session={session} />;
}
