// A story of somebody whom nobody recorded: told, approved by its teller on a phone
// in Spanish for two places, used in one, and withdrawn, which reaches every use.
import assert from 'node:assert/strict';
import { journeys, say, saying, sound } from './harness.js';

const journey = journeys();

journey('a story belongs to its teller', async ({ visit }) => {
  const ana = await visit({ role: 'organizer' });
  await ana.goto('/told/new');
  await sound(ana, 'writing down a story');
  const press = (page, lang, key) => page.getByRole('button', { name: say(lang, key), exact: true }).click();
  await ana.getByLabel(say('en', 'story.field.title')).fill('The rent letter');
  await press(ana, 'en', 'story.new.save'); // without the words: nothing typed is lost
  await ana.getByText(saying('en', 'story.error.text')).first().waitFor();
  assert.equal(await ana.getByLabel(say('en', 'story.field.title')).inputValue(), 'The rent letter');
  await ana.getByLabel(say('en', 'story.field.text')).fill('The letter came on a Friday.\n\nOn Monday I knocked on eleven doors.');
  await press(ana, 'en', 'story.new.save');
  const code = await ana.locator('#code').innerText();
  await sound(ana, 'the code of a story');
  await ana.getByRole('link', { name: say('en', 'story.code.go') }).click();
  await ana.getByRole('heading', { level: 1, name: say('en', 'story.one.title') }).waitFor();
  await ana.getByText(say('en', 'story.draft.open')).click();
  await press(ana, 'en', 'story.draft.save');
  await ana.getByText(say('en', 'story.flash.draft')).waitFor();
  assert.equal(await ana.getByText(say('en', 'story.use.open')).count(), 0, 'nobody uses what was not approved');

  const teller = await visit({ width: 360, height: 740, locale: 'es' });
  await teller.goto('/said');
  await sound(teller, 'the door of a story');
  await teller.getByLabel(say('es', 'story.own.code')).fill(code.toLowerCase());
  await press(teller, 'es', 'story.own.go');
  await teller.getByRole('heading', { level: 1, name: say('es', 'story.own.title') }).waitFor();
  await teller.getByText('On Monday I knocked on eleven doors.').first().waitFor();
  await sound(teller, 'a story as its teller sees it');
  await press(teller, 'es', 'story.own.yes'); // no place chosen
  await teller.getByText(say('es', 'story.error.places')).first().waitFor();
  for (const place of ['team', 'web']) await teller.getByLabel(say('es', `story.place.${place}`)).check();
  await press(teller, 'es', 'story.own.yes');
  await teller.getByText(say('es', 'story.own.state.approved')).waitFor();
  assert.deepEqual(await teller.context().cookies().then((c) => c.filter((x) => x.name !== 'sb_lang').map((x) => x.name)), [], 'nothing is kept on the phone');

  await ana.reload();
  await ana.getByText(say('en', 'story.use.open')).click();
  assert.equal(await ana.locator('input[type=radio][name=place]').count(), 2, 'only where the teller said yes');
  await ana.locator('input[type=radio][name=place][value=web]').check();
  await ana.getByLabel(say('en', 'story.use.where')).fill('The clinic website');
  await press(ana, 'en', 'story.use.save');
  await ana.getByText(say('en', 'story.flash.use')).waitFor();

  await teller.goto('/said');
  await teller.getByLabel(say('es', 'story.own.code')).fill(code);
  await press(teller, 'es', 'story.own.go');
  await teller.getByText('The clinic website').waitFor();
  await press(teller, 'es', 'story.own.all');
  await teller.getByRole('heading', { level: 1, name: say('es', 'story.own.over') }).waitFor();
  await sound(teller, 'a story that is gone');

  const at = ana.url();
  const answer = await ana.goto(at);
  assert.equal(answer.status(), 410, 'the very next request');
  await ana.goto('/told');
  const down = ana.getByRole('listitem').filter({ hasText: say('en', 'story.place.web') }).filter({ has: ana.getByRole('button', { name: say('en', 'story.down.done') }) }).first();
  await down.waitFor();
  await sound(ana, 'what must be taken down');
});
