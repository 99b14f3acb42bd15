// How a desktop gets in: a code from `craftport pair`, sent once.

import type { DocumentValidator } from '../document/validate.ts';
import type { PairingService } from '../service/pairing.ts';
import type { Route } from './route.ts';

/** @param validator schema `pairing` */
export function pairingRoutes(
  pairing: PairingService,
  validator: DocumentValidator,
): readonly Route[] {
  return [
    {
      path: '/v2/pairing',
      methods: {
        PUT: {
          access: 'open',
          summary: 'Trade a pairing code for a user of the own; the password is told once',
          schema: 'pairing',
          async handle(call) {
            const { code, name } = validator.validate(call.data);
            const user = await pairing.redeem(
              { code: textOf(code, ''), name: textOf(name, 'Desktop') },
              call.actor,
            );
            return {
              data: {
                account_id: user.accountId,
                account_name: user.accountName,
                realm: user.realm,
                user_id: user.userId,
                username: user.username,
                password: user.password,
              },
              revision: 'automatic',
            };
          },
        },
      },
    },
    {
      path: '/v2/pairing/codes',
      methods: {
        PUT: {
          access: 'superduper',
          role: 'admin',
          summary: 'A new pairing code, good once, and the fingerprint of the certificate',
          handle() {
            const { code, lifeS, fingerprint } = pairing.issue();
            return Promise.resolve({
              data: { code, life_s: lifeS, fingerprint: fingerprint ?? null },
              revision: 'automatic',
            });
          },
        },
      },
    },
  ];
}

function textOf(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}
