// The simulated gateway as another author's client sees it: Debian's netmiko.

import { execFileSync } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { serveGear } from '../../../agent/sim/gear-server.ts';
import { IosGateway } from '../../../agent/sim/ios-gateway.ts';

const PYTHON = '/usr/bin/python3';

function hasNetmiko(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import importlib.util as i; i.find_spec("netmiko").name'], {
      stdio: 'ignore',
    });
    return true;
  } catch (cause) {
    if (process.env['CRAFTPORT_REQUIRE_PEERS'] !== undefined)
      throw new Error('python3-netmiko is needed here and missing', { cause });
    process.stdout.write('not run: netmiko\n');
    return false;
  }
}

const SCRIPT = `
import json, sys
from netmiko import ConnectHandler
device = ConnectHandler(device_type='cisco_ios_telnet', host='127.0.0.1', port=int(sys.argv[1]),
                        username='craft', password='pass1', secret='secret1')
device.enable()
out = {'prompt': device.find_prompt()}
for command in ['show controllers t1', 'show isdn status', 'show trunk group', 'show nonsense']:
    out[command] = device.send_command(command)
print(json.dumps(out))
device.disconnect()
`;

describe.runIf(hasNetmiko())('netmiko', () => {
  it('signs in to the simulated gateway, raises itself, and reads what it shows', async () => {
    const gateway = new IosGateway({
      username: 'craft',
      password: 'pass1',
      secret: 'secret1',
      awake: true,
    });
    const server = await serveGear(gateway, 0);
    try {
      const child = spawn(PYTHON, ['-c', SCRIPT, String(server.port)]);
      let printed = '';
      let complained = '';
      child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
      child.stderr.on('data', (text: Buffer) => (complained += text.toString()));
      await once(child, 'close');
      expect(complained).toBe('');
      const out = JSON.parse(printed) as Record<string, string>;
      expect(out['prompt']).toBe('GW1#');
      expect(out['show controllers t1']?.match(/^T1 0\/2\/[01] is up\.$/gm)).toHaveLength(2);
      expect(out['show isdn status']).toContain('The Free Channel Mask:  0x803FFFFF');
      expect(out['show trunk group']).toContain('Hunt Scheme is sequential both up');
      expect(out['show nonsense']).toContain("% Invalid input detected at '^' marker.");
    } finally {
      await server.stop();
    }
  }, 60_000);
});
