// The directory: people find a group, stewards keep it true, groups answer
// without an account, and a list from elsewhere comes in and goes out again.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { journeys, say, sound, picture } from './harness.js';

const journey = journeys();
const t = (key, args) => say('en', key, args);
const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');
const h1 = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

journey('somebody looks for a group: words, filters, its page, a card with a code', async ({ visit }) => {
  const page = await visit({ width: 375, height: 740 });
  await page.goto('/groups');
  await sound(page, 'groups');
  const all = await page.locator('section[aria-labelledby=change] .card').count();
  assert.ok(all >= 5, `${all} groups`);
  await page.locator('input[name=q]').fill('inquilinos');
  await page.getByRole('button', { name: t('directory.filter.show') }).click();
  await page.waitForURL(/q=inquilinos/);
  assert.equal(await page.locator('section[aria-labelledby=change] .card').count(), 1);
  await sound(page, 'one found');
  await page.goto('/groups?topic=transport');
  const some = await page.locator('section[aria-labelledby=change] .card').count();
  assert.ok(some > 0 && some < all, 'a filter narrows');
  await page.goto('/groups?q=zzzzzz');
  await page.getByText(t('directory.list.nothing')).waitFor();
  await sound(page, 'nothing found');

  await page.goto('/groups?q=inquilinos');
  await page.locator('section[aria-labelledby=change] .card a').first().click();
  await h1(page, 'Inquilinos Unidos');
  await sound(page, 'a group');
  const text = await page.locator('main').innerText();
  for (const heading of ['directory.group.safety', 'directory.group.why']) assert.ok(text.includes(t(heading)), t(heading));
  await page.locator('main a[href$="/card"], main a[href*="/card?"]').first().click();
  await page.waitForURL(/\/card/);
  await sound(page, 'card');
  assert.ok(await page.locator('.handout svg').count() >= 1, 'a code to scan');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.print-bar').isVisible(), false, 'the paper has no buttons');
});

journey('the map has a list twin, and the list comes first', async ({ visit }) => {
  const page = await visit({ javaScriptEnabled: false });
  await page.goto('/map');
  const order = await page.evaluate(() => {
    const svg = document.querySelector('main svg.map, main .map svg, main svg[role=img]');
    const link = [...document.querySelectorAll('main a[href^="/groups/"]')][0];
    return { svg: !!svg, first: !!(link && svg && link.compareDocumentPosition(svg) & Node.DOCUMENT_POSITION_FOLLOWING), links: document.querySelectorAll('main a[href^="/groups/"]').length };
  }).catch(() => null);
  assert.ok(order.svg && order.first && order.links >= 5, JSON.stringify(order));
});

journey('a steward adds a group, is warned of a double, checks, publishes, suspends', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  await page.goto('/directory/new');
  await page.locator('main form button.primary').last().click();
  await page.locator('#errors').waitFor();
  await sound(page, 'an empty group');
  const fill = async (name) => {
    await page.locator('input[name=name]').fill(name);
    await page.locator('select[name=kind]').selectOption({ index: 1 });
    const offer = page.locator('input[name=offer]');
    if (await offer.count() && !(await page.locator('input[name=offer]:checked').count())) await offer.first().check();
    await page.locator('select[name=lang]').selectOption('en');
    await page.locator('textarea[name=what]').fill('We meet at the laundry, talk about the rent, and go to the owner together.');
    await page.locator('textarea[name=why]').fill('Members choose what to change and do it themselves.');
    await page.locator('input[name=members_decide]').check();
    await page.locator('input[name=acts]').check();
    await page.locator('fieldset:has(input[name=topics]) .combo-input').fill('ho');
    await page.keyboard.press('Enter');
    await page.locator('fieldset:has(input[name=languages]) .combo-input').fill('en');
    await page.keyboard.press('Enter');
    await page.locator('select[name$=day]').first().selectOption('2');
    await page.locator('input[name$=start]').first().fill('18:30');
    await page.locator('input[name$=end]').first().fill('20:00');
    for (const s of ['papers', 'police', 'photos', 'location']) await page.locator(`select[name=${s}]`).selectOption({ index: 1 });
    await page.locator('input[name=area]').fill('Cedar Flats');
    await page.locator('input[name=phone]').fill('(503) 555-0188');
    await page.locator('input[name=leader]').fill('Nadia');
  };
  // A name like one that is there: asked before saving, and nothing typed is lost.
  await page.goto('/directory/new');
  await fill('Inquilinos Unidos');
  await page.locator('main form button.primary').last().click();
  await page.getByRole('heading', { name: t('directory.form.suspects') }).waitFor();
  await sound(page, 'is it one of these?');
  assert.match(await page.locator('textarea[name=what]').inputValue(), /laundry/);
  await page.locator('input[name=name]').fill('Laundry Street Neighbors');
  const different = page.locator('input[name=different]');
  await different.check();
  await page.locator('main form button.primary').last().click();
  await h1(page, 'Laundry Street Neighbors');
  await page.getByText(t('directory.flash.created')).waitFor();
  await sound(page, 'a draft');
  assert.equal((await page.request.get('/groups?q=laundry')).status(), 200);
  assert.doesNotMatch(await (await page.request.get('/groups?q=laundry')).text(), /Laundry Street Neighbors/, 'a draft is not public');

  for (const check of await page.locator('input[name=passed]').all()) await check.check();
  await page.locator('textarea[name=conflict]').fill('None.');
  await page.getByRole('button', { name: t('directory.move.vet') }).click();
  await page.getByText(t('directory.flash.vet')).waitFor();
  await page.getByRole('button', { name: t('directory.move.publish') }).click();
  await page.getByText(t('directory.flash.publish')).waitFor();
  await sound(page, 'published');
  assert.match(await (await page.request.get('/groups?q=laundry')).text(), /Laundry Street Neighbors/);
  const manage = page.url();

  // The group's own link: looking three times changes nothing, a press confirms.
  await page.getByRole('button', { name: t('directory.manage.ask_print') }).click();
  const link = new URL(await page.locator('#link-text').innerText()).pathname;
  await sound(page, 'the link on paper');
  const member = await visit({ width: 375, height: 740 });
  for (let n = 0; n < 3; n++) assert.equal((await member.request.get(link)).status(), 200);
  await member.goto(link);
  await h1(member, t('directory.still.title', { Name: 'Laundry Street Neighbors' }));
  await sound(member, 'still true?');
  assert.equal(await member.title(), t('style.neutral_title'));
  await member.locator('label', { hasText: t('directory.still.reply_welcoming') }).click();
  await member.getByRole('button', { name: t('directory.still.send') }).click();
  await h1(member, t('directory.still.thanks'));
  await sound(member, 'thanks');
  await member.goto(link);
  await h1(member, t('directory.still.used'));
  assert.match(await (await page.request.get('/groups?q=laundry')).text(), new RegExp(t('directory.welcoming.yes')), 'its page says so');

  // On hold: off the list at once.
  await page.goto(manage);
  const hold = page.locator('details', { hasText: t('directory.move.suspend') });
  await hold.locator('summary').click();
  await hold.locator('select[name=reason]').selectOption({ index: 1 });
  await hold.getByRole('button', { name: t('directory.move.suspend') }).click();
  await page.getByText(t('directory.flash.suspend')).waitFor();
  await sound(page, 'on hold');
  assert.doesNotMatch(await (await member.request.get('/groups?q=laundry')).text(), /Laundry Street Neighbors/);
});

journey('a list from elsewhere: preview, a report in words, in, and out again', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  const publicList = async () => (await (await page.request.get('/groups')).text()).match(/<section class="stack" aria-labelledby="get">[\s\S]*?<\/section>/)?.[0].replace(/\s+/g, ' ') ?? '';
  const before = await publicList();
  await page.goto('/directory/import');
  await sound(page, 'imports');
  await page.getByRole('button', { name: t('import.look') }).click();
  await page.locator('#errors').waitFor();
  await page.locator('input[name=feed]').fill('County list');
  await page.locator('input[name=files]').setInputFiles(['organizations.csv', 'services.csv'].map((f) => join(fixtures, 'hsds-small', f)));
  await page.getByRole('button', { name: t('import.look') }).click();
  await page.waitForURL('**/directory/import/batch/**');
  await sound(page, 'preview');
  const preview = await page.locator('main').innerText();
  assert.ok(/Harbor Light Commons/.test(preview) && /Tool shelf/.test(preview), 'it says what would come in');
  assert.equal(await publicList(), before, 'a preview changes nothing');
  const report = page.locator('nav.tabs a, .tabs a').filter({ hasText: t('import.report') }).first();
  if (await report.count()) await report.click();
  await page.locator('table caption', { hasText: t('import.report') }).waitFor({ state: 'attached' });
  assert.match(await page.locator('main').innerText(), /services\.csv/, 'each line says where');
  await sound(page, 'report');
  await picture(page, 'import');
  await page.getByRole('button', { name: t('import.apply') }).click();
  await page.getByText(t('import.undo_about')).waitFor();
  await sound(page, 'applied');
  assert.match(await publicList(), /Tool shelf/);
  await page.getByRole('button', { name: t('import.undo') }).click();
  await page.getByText(t('import.undone_title')).waitFor();
  await sound(page, 'taken back');
  assert.equal(await publicList(), before, 'as it was before');
});
