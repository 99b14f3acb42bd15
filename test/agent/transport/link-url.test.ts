import { describe, expect, it } from 'vitest';
import { parseLink } from '../../../agent/transport/link-url.ts';

const line = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' };

describe('a link', () => {
  it.each([
    ['serial:///dev/ttyUSB0', { kind: 'serial', path: '/dev/ttyUSB0', line }],
    [
      'serial:///dev/serial/by-id/usb-FTDI_A%20B-port0?baud=19200&data=7&parity=even&stop=2&flow=xonxoff',
      {
        kind: 'serial',
        path: '/dev/serial/by-id/usb-FTDI_A B-port0',
        line: { baud: 19200, dataBits: 7, parity: 'even', stopBits: 2, flow: 'xonxoff' },
      },
    ],
    ['serial:///COM3', { kind: 'serial', path: 'COM3', line }],
    ['tcp://10.0.0.7:3083', { kind: 'tcp', host: '10.0.0.7', port: 3083 }],
    ['tcp://[fd00::7]:3083', { kind: 'tcp', host: 'fd00::7', port: 3083 }],
    ['telnet://gw1', { kind: 'telnet', host: 'gw1', port: 23, carriageReturn: 'nul' }],
    [
      'telnet://server:2001?cr=bare',
      { kind: 'telnet', host: 'server', port: 2001, carriageReturn: 'bare' },
    ],
    [
      'rfc2217://server:5001?baud=115200',
      { kind: 'rfc2217', host: 'server', port: 5001, line: { ...line, baud: 115200 } },
    ],
    [
      'ssh://craft@gw1?hostkey=SHA256:a+cdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ',
      {
        kind: 'ssh',
        host: 'gw1',
        port: 22,
        username: 'craft',
        hostKey: 'SHA256:a+cdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ',
      },
    ],
  ])('%s is read', (text, link) => {
    expect(parseLink(text)).toEqual(link);
  });

  it.each([
    ['gw1', /no address/],
    ['ftp://gw1:21', /none of serial/],
    ['tcp://gw1', /names no port/],
    ['serial://ttyUSB0', /three slashes/],
    ['serial:///dev/../etc/passwd?baud=x', /cannot be set/],
    ['serial:///dev/tty%00', /no plain path/],
    ['serial:///dev/ttyS0?baud=0', /baud=0 cannot be set/],
    ['serial:///dev/ttyS0?parity=maybe', /none of none, odd/],
    ['serial:///dev/ttyS0?speed=9600', /speed= is no option/],
    ['tcp://gw1:23?cr=bare', /cr= is no option/],
    ['ssh://gw1?hostkey=aa:bb', /no fingerprint/],
  ])('%s is refused with the reason, at its field', (text, reason) => {
    try {
      parseLink(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'request.invalid',
        detail: {
          fields: { link: { format: { message: expect.stringMatching(reason) as string } } },
        },
      });
    }
  });

  it('with a password is refused without repeating it', () => {
    expect(() => parseLink('ssh://craft:hunter2@gw1')).toThrow();
    try {
      parseLink('ssh://craft:hunter2@gw1');
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('hunter2');
    }
  });
});
