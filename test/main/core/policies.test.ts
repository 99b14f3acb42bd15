import { describe, expect, it } from 'vitest';
import { toAgent } from '../../../main/core/discovery.ts';
import { readFirstSite } from '../../../main/core/first-site.ts';
import { mayNavigate, mayOpenExternally } from '../../../main/core/link-policy.ts';
import { placeWindow } from '../../../main/core/window-state.ts';

describe('links', () => {
  const sites = ['https://10.0.0.7:8443', 'http://127.0.0.1:8000'];
  it.each([
    ['https://docs.2600hz.com/dev', true],
    ['https://10.0.0.7:8443/', true],
    ['http://127.0.0.1:8000/', true],
    ['http://docs.2600hz.com/', false],
    ['https://docs.2600hz.com:8443/', false],
    ['https://docs.2600hz.com.evil.example/', false],
    ['https://docs.2600hz.com@evil.example/', false],
    ['https://evil.example/docs.2600hz.com', false],
    ['https://user:secret@10.0.0.7:8443/', false],
    ['https://10.0.0.8:8443/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['data:text/html,<script>', false],
    ['smb://server/share', false],
    ['ms-msdt:/id', false],
    ['craftport://app/', false],
    ['not a link', false],
    [`https://docs.2600hz.com/${'a'.repeat(3000)}`, false],
  ])('%s may be opened outside: %s', (url, allowed) => {
    expect(mayOpenExternally(url, sites)).toBe(allowed);
  });

  it.each([
    ['craftport://app/', true],
    ['craftport://app/#/sites', true],
    ['craftport://app.evil.example/', false],
    ['craftport://app:1/', false],
    ['craftport://evil/', false],
    ['https://10.0.0.7:8443/', false],
    ['about:blank', false],
    ['file:///etc/passwd', false],
    ['', false],
  ])('the window may go to %s: %s', (url, allowed) => {
    expect(mayNavigate(url)).toBe(allowed);
  });
});

describe('the window', () => {
  const left = { x: 0, y: 0, width: 1920, height: 1040 };
  const right = { x: 1920, y: 0, width: 2560, height: 1400 };
  const saved = { x: 2000, y: 100, width: 1400, height: 900, isMaximized: false };

  it('comes back where it was, on a display that is still there', () => {
    expect(placeWindow(saved, [left, right])).toEqual(saved);
  });

  it('comes to the middle of the primary display when its own is gone', () => {
    expect(placeWindow({ ...saved, isMaximized: true }, [left])).toEqual({
      x: 260,
      y: 70,
      width: 1400,
      height: 900,
      isMaximized: true,
    });
  });

  it.each([
    ['far off', { ...saved, x: 99_999 }],
    ['above', { ...saved, x: 0, y: -500 }],
    ['barely on it', { ...saved, x: 1900 - 1400 - 1900 }],
    ['below', { ...saved, x: 0, y: 1039 }],
  ])('is never %s', (_, lost) => {
    const { x, y, width } = placeWindow(lost, [left]);
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(1920);
  });

  it('fits a small display, a first start, and no display at all', () => {
    const small = { x: 0, y: 0, width: 1024, height: 600 };
    expect(placeWindow({ ...saved, x: 0, y: 0 }, [small])).toMatchObject({
      width: 1024,
      height: 600,
    });
    expect(placeWindow(undefined, [left])).toMatchObject({
      x: 320,
      y: 120,
      width: 1280,
      height: 800,
    });
    expect(placeWindow(undefined, [])).toMatchObject({ width: 1280 });
    expect(placeWindow({ ...saved, width: 3, height: 3 }, [right]).width).toBe(800);
  });
});

describe('what the network says of agents', () => {
  const sha256 = Array.from({ length: 32 }, () => 'AB').join(':');
  const service = { name: 'Rack', port: 8443, addresses: ['fe80::1', '10.0.0.7'], txt: { sha256 } };

  it('is an address and a fingerprint', () => {
    expect(toAgent(service)).toEqual({
      name: 'Rack',
      address: 'https://10.0.0.7:8443',
      fingerprint: sha256,
    });
    expect(toAgent({ ...service, addresses: ['fd00::7'] })?.address).toBe('https://[fd00::7]:8443');
  });

  it('is left out when it cannot be one, and cleaned of tricks', () => {
    const wrong = [
      { ...service, addresses: [] },
      { ...service, addresses: ['evil.example'] },
      { ...service, port: 70_000 },
      { ...service, port: -1 },
      { ...service, txt: { sha256: 'x' } },
      { ...service, txt: null },
      { name: 'x', port: 1 },
    ];
    expect(wrong.map(toAgent)).toEqual(wrong.map(() => undefined));
    expect(toAgent({ ...service, name: 'A\u202eB\u0000C\n' })?.name).toBe('ABC');
  });
});

describe('the first site of npm start', () => {
  it.each([
    ['http://127.0.0.1:8000#AB0D-EFGH', 'http://127.0.0.1:8000'],
    ['http://10.0.0.7:8000#AB0D-EFGH', undefined],
    ['https://127.0.0.1:8000#AB0D-EFGH', undefined],
    ['http://127.0.0.1:8000', undefined],
    ['nonsense', undefined],
    [undefined, undefined],
  ])('%s is %s', (text, address) => {
    expect(readFirstSite(text)?.address).toBe(address);
  });
});
