// Promises as people meet them: one that is late gets its evidence, a second person
// says that it is so, and then the public reads it in three languages and the wall
// shows it; the board without scripts, in Arabic, on a small phone.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, sound, tabTo, tooWide } from './harness.js';

const journey = journeys();
const rent = 'The rent help fund opens again this fall.';
const inSpanish = 'El fondo de ayuda para la renta vuelve a abrir este otoño.';

journey('a promise that is late: evidence, a second person, the public, the wall', async ({ visit }) => {
  const ana = await visit({ role: 'organizer', width: 360, height: 740 });
  await ana.goto('/pledges/desk');
  await sound(ana, 'the desk');
  await press(ana, ana.locator('nav.tabs a', { hasText: say('en', 'pledge.tab.overdue') }));
  await sound(ana, 'the overdue list');
  assert.equal(await ana.locator('table tbody tr').count(), 2);
  await press(ana, ana.locator('main').getByRole('link', { name: rent }).first());
  const desk = new URL(ana.url()).pathname, shown = desk.replace('/desk', '');
  await sound(ana, 'a late promise');
  await ana.getByText(say('en', 'pledge.duty.ask')).first().waitFor();
  await press(ana, ana.getByRole('link', { name: say('en', 'pledge.do.state') }));
  await ana.getByLabel(say('en', 'pledge.state.kept'), { exact: false }).first().check();
  await press(ana, ana.locator('main form .button.primary'));
  await ana.locator('#errors').waitFor(); // nothing is so without evidence
  await sound(ana, 'without evidence');
  await ana.locator('[name=evidence]').fill('The fund opened on Monday; 40 families have asked.');
  await ana.locator('[name=link]').fill('millbrook.example/fund');
  await press(ana, ana.locator('main form .button.primary'));
  await ana.getByText(say('en', 'pledge.waiting.mine')).waitFor();
  assert.equal(await ana.locator('[name=answer]').count(), 0, 'whoever asked cannot confirm');
  await sound(ana, 'waiting');

  const anybody = await visit({ width: 320, height: 640 });
  await anybody.goto(shown);
  assert.doesNotMatch(await anybody.locator('main').innerText(), /40 families/, 'the public waits for the second person');

  const thu = await visit({ role: 'leader', width: 360, height: 740 });
  await thu.goto('/today');
  await thu.getByRole('link', { name: say('en', 'pledge.duty.confirm') }).first().waitFor();
  await thu.goto(desk);
  await sound(thu, 'for the second person');
  await tabTo(thu, thu.locator('button[name=answer][value=yes]'));
  await Promise.all([thu.waitForURL(desk), thu.keyboard.press('Enter')]);
  await thu.getByText(say('en', 'pledge.flash.confirmed')).waitFor();
  await sound(thu, 'confirmed');

  for (const locale of ['en', 'es', 'ar']) {
    const page = await visit({ locale, width: 320, height: 640 });
    await page.goto(shown);
    await page.getByText('40 families').first().waitFor();
    await page.getByText(say(locale, 'pledge.state.kept'), { exact: true }).first().waitFor();
    assert.match(await page.locator('h1').innerText(), locale === 'en' ? /rent help fund/ : locale === 'es' ? /fondo de ayuda/ : /صندوق/);
    assert.equal(await page.locator('main a[href="https://millbrook.example/fund"]').count(), 1);
    await sound(page, `the public page in ${locale}`);
    await picture(page, `pledge-${locale}`);
    await page.goto(`/pledges/slides?lang=${locale}`);
    assert.equal(await page.locator('.slide').count(), 7 + 28 + 5, 'a page for each body, one for each promise that stands');
    await sound(page, `the slides in ${locale}`);
  }
  const wall = await visit({ locale: 'es' });
  await wall.goto('/pledges/slides?lang=es');
  await wall.emulateMedia({ media: 'print' });
  await wall.locator('.slide', { hasText: inSpanish }).first().waitFor();
  assert.equal(await wall.locator('form').isVisible(), false, 'paper shows no form');
});

journey('the public board without scripts, by keyboard, in Arabic and on a small phone', async ({ visit }) => {
  for (const locale of ['en', 'ar']) {
    const page = await visit({ locale, width: 320, height: 640, javaScriptEnabled: false });
    await page.context().clearCookies();
    await page.goto(`/pledges?lang=${locale}`);
    await page.getByRole('heading', { name: say(locale, 'pledge.board.title') }).waitFor();
    assert.equal((await page.locator('.pledge').count()), 36);
    assert.ok(await page.locator('main svg[role=img]').isVisible());
    await page.locator('details.more summary').first().click();
    assert.equal(await page.locator('table tbody tr').count(), 6, 'the picture has its table');
    assert.deepEqual(await tooWide(page), []);
    await page.locator('[name=state]').selectOption('broken');
    await page.getByRole('button', { name: say(locale, 'common.show') }).click();
    await page.waitForURL(/state=broken/);
    assert.equal(await page.locator('.pledge').count(), 2);
    await tabTo(page, page.locator('.pledge a').first());
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/pledges\/[0-9a-f-]{36}/);
    assert.deepEqual(await tooWide(page), []);
    assert.doesNotMatch(await page.content(), /Ana Whitfield|Thu Pham/, 'nobody who keeps the board is named on it');
    assert.equal((await page.context().cookies()).filter((c) => c.name !== 'sb_lang').length, 0);
  }
  const page = await visit({ locale: 'ar', width: 320, height: 640 });
  await page.goto('/pledges');
  await sound(page, 'the board in Arabic');
  await picture(page, 'pledges-ar');
  await page.goto('/pledges/clinic');
  await sound(page, "the clinic's own");
  const feed = await page.request.get('/pledges.atom?lang=ar');
  assert.match(await feed.text(), /xml:lang="ar"/);
  assert.match(feed.headers()['content-type'], /application\/atom\+xml/);
});

journey('a promise is written down, corrected, and taken off with a note', async ({ visit }) => {
  const ana = await visit({ role: 'organizer' }), ruth = await visit({ role: 'lead', locale: 'ar' });
  await ana.goto('/pledges/desk/new');
  await sound(ana, 'writing down');
  await ana.locator('[name=words]').fill('The library lends tablets.');
  await ana.locator('[name=name]').fill('Ines Okoro');
  await ana.locator('[name=title]').fill('Librarian');
  await ana.locator('[name=body]').fill('Millbrook Library');
  await ana.locator('[name=evidence]').fill('The Millbrook Tribune of Tuesday.');
  await press(ana, ana.locator('main form .button.primary'));
  const desk = new URL(ana.url()).pathname, shown = desk.replace('/desk', '');
  await sound(ana, 'written down');
  const second = async () => {
    await ruth.goto(desk);
    await sound(ruth, 'the second person in Arabic');
    await press(ruth, ruth.locator('button[name=answer][value=yes]'));
  };
  await second();
  for (const [act, words] of [['correct', 'The library lends ten tablets.'], ['care', null], ['withdraw', null]]) {
    await ana.goto(`${desk}/${act}`);
    await sound(ana, act);
    if (act === 'care') {
      await ana.locator('[name=other_ar]').fill('تعير المكتبة عشرة أجهزة.');
    } else {
      if (words) await ana.locator('[name=words]').fill(words);
      await ana.locator('[name=evidence]').fill(act === 'correct' ? 'We left the number out.' : 'She spoke of a hope, not of a promise.');
    }
    await press(ana, ana.locator('main form .button.primary'));
    if (act !== 'care') await second();
  }
  const page = await visit({ locale: 'ar', width: 320, height: 640 });
  await page.goto(shown);
  for (const text of ['She spoke of a hope', 'تعير المكتبة عشرة أجهزة', 'The library lends tablets.']) await page.getByText(text).first().waitFor();
  await sound(page, 'taken off, with the note');
  await page.goto('/pledges');
  assert.equal(await page.getByText('تعير المكتبة').count(), 0, 'not on the board any more');
});
