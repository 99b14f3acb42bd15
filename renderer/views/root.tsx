// One site in a browser; the book of sites, and one of them at a time, in the desktop.

import { useEffect, useMemo, useState } from 'react';
import type { Site } from '../host/host.ts';
import { createSiteSession } from '../state/site.ts';
import { useStore } from '../ui/use-store.ts';
import { App, type AppProps } from './app.tsx';
import { Sites } from './sites/sites.tsx';

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
  if (chosen !== undefined)
    return (
      <SiteApp
        key={chosen.id}
        {...props}
        site={chosen}
        {...(host.book === undefined ? {} : { onLeave: () => setChosen(undefined) })}
      />
    );
  return host.book === undefined ? null : <Sites {...props} book={host.book} onOpen={setChosen} />;
}

function SiteApp({ site, ...props }: Omit<AppProps, 'session'> & { readonly site: Site }) {
  const { host, timers } = props;
  const session = useMemo(
    () => createSiteSession(site, host.connect(site.id), timers),
    [site, host, timers],
  );
  return <App {...props} session={session} />;
}
