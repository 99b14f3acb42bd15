// Announcing by mDNS, without a network.

import { EventEmitter } from 'node:events';
import type { Bonjour } from 'bonjour-service';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../agent/base/logger.ts';
import { announce, serviceOf } from '../../../agent/discovery/announcement.ts';

const agent = {
  host: 'rack-7',
  port: 8443,
  fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
  version: '0.1.0',
};

/** The parts of Bonjour that are used; says what it was told. */
function fakeBonjour(options: { readonly failsAtGoodbye?: boolean } = {}) {
  const said: string[] = [];
  const service = new EventEmitter();
  const bonjour = {
    publish(config: { readonly name: string }) {
      said.push(`publish ${config.name}`);
      return service;
    },
    unpublishAll(done: () => void) {
      if (options.failsAtGoodbye === true) throw new Error('socket gone');
      said.push('goodbye');
      done();
    },
    destroy(done: () => void) {
      said.push('destroy');
      done();
    },
  };
  return { said, service, bonjour: bonjour as unknown as Bonjour };
}

describe('the announcement', () => {
  it('names the machine, and the certificate for whoever lists agents', () => {
    expect(serviceOf(agent)).toEqual({
      name: 'Craftport on rack-7 (abab)',
      type: 'craftport',
      protocol: 'tcp',
      port: 8443,
      probe: false,
      txt: { version: '0.1.0', sha256: agent.fingerprint },
    });
    // A DNS label has 63 bytes (RFC 1035 §2.3.4).
    expect(serviceOf({ ...agent, host: 'x'.repeat(200) }).name.length).toBeLessThanOrEqual(63);
  });

  it('says goodbye once', async () => {
    const { said, bonjour } = fakeBonjour();
    const announcement = await announce(agent, silentLogger, () => Promise.resolve(bonjour));
    await announcement.stop();
    await announcement.stop();
    expect(said).toEqual(['publish Craftport on rack-7 (abab)', 'goodbye', 'destroy']);
  });

  it('is no reason to fail: not to start, not later, not at the end', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: () => string) => warnings.push(message()) };
    const refused = await announce(agent, logger, () => Promise.reject(new Error('no multicast')));
    await refused.stop();
    const { service, bonjour } = fakeBonjour({ failsAtGoodbye: true });
    const announcement = await announce(agent, logger, () => Promise.resolve(bonjour));
    service.emit('error', new Error('later'));
    await announcement.stop();
    expect(warnings).toHaveLength(3);
  });
});
