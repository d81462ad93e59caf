// For eyes and hands that are not the designer's: 400 % zoom, a phone of 320 px
// right to left, forced colours, dark, and the order in which the keyboard walks.
import assert from 'node:assert/strict';
import { journeys, say, sound, tooWide } from './harness.js';

const journey = journeys();
const open = ['/', '/groups', '/map', '/sign-in', '/me'];
const desk = { clinician: ['/offer', '/introductions'], navigator: ['/handoffs', '/handoffs/duty', '/messages'], organizer: ['/directory', '/directory/new', '/counts'], admin: ['/accounts', '/account'] };

async function everyMain(visit, options, check) {
  const page = await visit(options);
  for (const path of open) {
    await page.goto(path);
    await check(page, path);
  }
  for (const [role, paths] of Object.entries(desk)) {
    const staff = await visit({ ...options, role });
    for (const path of paths) {
      await staff.goto(path);
      await check(staff, `${role} ${path}`);
    }
  }
}

journey('at 400 % everything stays on the page and can be reached', async ({ visit }) => {
  // 1280 × 1024 at 400 % is a window of 320 × 256.
  await everyMain(visit, { width: 320, height: 256 }, async (page, what) => {
    assert.deepEqual(await tooWide(page), [], what);
    // What sticks to the window must leave room to read.
    const stuck = await page.evaluate(() => [...document.querySelectorAll('body *')].filter((e) => /sticky|fixed/.test(getComputedStyle(e).position) && e.checkVisibility?.({ visibilityProperty: true }) && e.offsetHeight > 0 && !e.closest('dialog'))
      .reduce((sum, e) => sum + e.getBoundingClientRect().height, 0));
    assert.ok(stuck <= 256 * 0.45, `${what}: ${stuck}px of 256 are stuck`);
  });
});

journey('right to left on 320 px', async ({ visit }) => {
  await everyMain(visit, { width: 320, height: 640, locale: 'ar' }, async (page, what) => {
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl', what);
    assert.deepEqual(await tooWide(page), [], what);
  });
});

journey('in the dark, the colours still carry', async ({ visit }) => {
  const page = await visit({ colorScheme: 'dark' });
  for (const path of open) {
    await page.goto(path);
    await sound(page, `${path}, dark`);
  }
  const navigator = await visit({ colorScheme: 'dark', role: 'navigator' });
  await navigator.goto('/handoffs?filter=all');
  await sound(navigator, 'board, dark');
  const [text, ground] = await navigator.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor]);
  assert.ok(text !== 'rgb(0, 0, 0)' && !/255, 255, 255\)$/.test(ground), `${text} on ${ground}`);
});

journey('forced colours keep borders, choices and the focus', async ({ visit }) => {
  const page = await visit({ forcedColors: 'active', role: 'clinician', width: 400 });
  await page.goto('/offer');
  await sound(page, 'offer, forced colours');
  const shown = await page.evaluate(() => {
    const button = getComputedStyle(document.querySelector('button.primary'));
    const input = getComputedStyle(document.querySelector('.combo-input'));
    return { button: parseFloat(button.borderTopWidth), input: parseFloat(input.borderTopWidth) };
  });
  assert.ok(shown.button > 0 && shown.input > 0, `borders ${JSON.stringify(shown)}`);
});

journey('the keyboard: the way to the words or the way out comes first, and the focus is seen', async ({ visit }) => {
  const walk = async (page, path, first) => {
    await page.goto(path);
    await page.evaluate(() => document.activeElement?.blur?.());
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), first, `${path}: first stop`);
    const seen = new Set();
    for (let n = 0; n < 25; n++) {
      const at = await page.evaluate(() => {
        const e = document.activeElement;
        if (!e || e === document.body) return null;
        const box = e.getBoundingClientRect(), mark = e.matches('input[type=radio], input[type=checkbox]') ? (e.closest('label, .choice') ?? e) : e;
        const style = (x) => getComputedStyle(x);
        const visible = [e, mark, e.closest('.card') ?? e, ...mark.querySelectorAll('*')].some((x) => (style(x).outlineStyle !== 'none' && parseFloat(style(x).outlineWidth) >= 2) || style(x).boxShadow !== 'none');
        return { who: e.outerHTML.slice(0, 120), visible, inside: box.bottom > 0 && box.top < innerHeight };
      });
      if (!at) break;
      seen.add(at.who);
      assert.ok(at.visible, `${path}: the focus is not seen on ${at.who}`);
      assert.ok(at.inside, `${path}: the focus left the window at ${at.who}`);
      await page.keyboard.press('Tab');
    }
    assert.ok(seen.size > 3, `${path}: only ${seen.size} stops`);
  };
  const anybody = await visit();
  await walk(anybody, '/groups', '#main');
  await walk(anybody, '/sign-in', '#main');
  await walk(anybody, '/me', '/exit');
  const navigator = await visit({ role: 'navigator' });
  await walk(navigator, '/handoffs', '#main');
});
