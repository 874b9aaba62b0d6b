import { get } from './api.js';
import * as models from './models.js';
import * as numbers from './numbers.js';
import * as songs from './songs.js';

const sections = ['songs', 'numbers', 'models'];

function turn(focus) {
  const here = sections.includes(location.hash.slice(1)) ? location.hash.slice(1) : 'songs';
  for (const id of sections) document.getElementById(id).hidden = id !== here;
  for (const link of document.querySelectorAll('nav a')) link.getAttribute('href') === `#${here}` ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
  if (focus && location.hash !== '#main') { scrollTo(0, 0); document.getElementById(`${here}-title`).focus({ preventScroll: true }); }
}

addEventListener('hashchange', () => { if (location.hash !== '#main') turn(true); });
turn(false);

try {
  const [known, limits] = await Promise.all([get('api/models'), get('api/limits')]);
  songs.start(known, limits);
  numbers.start(known);
  models.show(known);
  document.documentElement.dataset.ready = 'true';
} catch (e) {
  const notice = document.getElementById('ear-verdict');
  notice.hidden = false;
  notice.className = 'notice trouble';
  notice.textContent = e.message;
}
