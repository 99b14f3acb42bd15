// Which links may leave the program, and where its own windows may go. Resource names, caller
// names and whole agents are hostile here: none of them can make the system open something.

/** The page's own origin. */
export const APP_SCHEME = 'craftport';
export const APP_ORIGIN = 'craftport://app';

/** Documentation that the program itself links to. */
const DOCUMENTATION_HOSTS: readonly string[] = ['docs.2600hz.com', 'craftport.org'];

/**
 * Whether the system's browser may open `url`: documentation, or the web console of a site in
 * the book. Never with a user name in it, and nothing but https (http on loopback sites).
 * @param siteOrigins origins of the sites in the book
 */
export function mayOpenExternally(url: string, siteOrigins: readonly string[]): boolean {
  if (url.length > 2_000 || !URL.canParse(url)) return false;
  const link = new URL(url);
  if (link.username !== '' || link.password !== '') return false;
  if (siteOrigins.includes(link.origin))
    return link.protocol === 'https:' || link.protocol === 'http:';
  return (
    link.protocol === 'https:' && link.port === '' && DOCUMENTATION_HOSTS.includes(link.hostname)
  );
}

/** Whether a window may navigate to `url`: within its own page only. */
export function mayNavigate(url: string): boolean {
  return url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`);
}
