import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';
import { launchChromium } from '../e2e/chromium.ts';
import { Gallery, STATES } from './gallery.ts';

/** The pictures of docs/account-experience.md, as `npm run screenshots` makes them. */
const PICTURES = [
  ['login', 'login', 'light', 'desktop'],
  ['login_dark', 'login', 'dark', 'desktop'],
  ['login_phone', 'login', 'light', 'phone'],
  ['consent', 'consent', 'light', 'desktop'],
  ['consent_dark', 'consent', 'dark', 'desktop'],
  ['consent_phone', 'consent', 'dark', 'phone'],
  ['consent_stranger', 'consent, of a stranger', 'light', 'desktop'],
  ['device', 'device, by a link, with its QR code', 'light', 'desktop'],
  ['device_done', 'device, done', 'light', 'phone'],
  ['logout', 'logout', 'light', 'desktop'],
  ['error', 'error', 'light', 'desktop'],
  ['applications', 'applications', 'light', 'desktop'],
  ['password', 'change password', 'dark', 'phone'],
] as const;

const SIZES = { desktop: { width: 800, height: 600 }, phone: { width: 375, height: 667 } };

/** A third of the size, and nobody sees the difference. */
async function asWebp(context: BrowserContext, png: Buffer): Promise<Buffer> {
  const page = await context.newPage();
  const url = await page.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png.toString('base64')}';
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d').drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.75 });
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(blob);
    });
  })()`);
  return Buffer.from(String(url).split(',')[1] ?? '', 'base64');
}

const folder = process.argv[2] ?? new URL('../../docs/images/', import.meta.url).pathname;
const only = process.argv[3];
mkdirSync(folder, { recursive: true });
const gallery = await Gallery.open();
const browser = await launchChromium();
try {
  for (const [name, state, colorScheme, size] of PICTURES) {
    if (only && !name.includes(only)) continue;
    const context = await browser.newContext({ colorScheme, viewport: SIZES[size], locale: 'en' });
    const page = await context.newPage();
    await STATES[state]?.(gallery, page);
    await page.evaluate('document.activeElement?.blur()');
    writeFileSync(`${folder}/${name}.webp`, await asWebp(context, await page.screenshot({ fullPage: true })));
    await context.close();
  }
} finally {
  await browser.close();
  await gallery.close();
}
const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(`${folder}/${file}`).size, 0);
console.log(`${folder}: ${Math.round(bytes / 1024)} kB`);
