import { safeStorage } from 'electron';
import type { SafeStorage } from '../core/vault.ts';

/** Electron's keyring, its asynchronous half. Only after the app is ready. */
export const electronSafeStorage: SafeStorage = {
  isAvailable: () => safeStorage.isAsyncEncryptionAvailable(),
  backend: () =>
    process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : process.platform,
  encrypt: (text) => safeStorage.encryptStringAsync(text),
  async decrypt(bytes) {
    const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(Buffer.from(bytes));
    return { text: result, shouldReEncrypt };
  },
};
