// The server's answers; a refusal becomes an Error with the problem document's words.

async function told(response) {
  if (response.ok) return response.json();
  let problem = {};
  try { problem = await response.json(); } catch { /* no problem document: the status says it */ }
  throw new Error(problem.detail || problem.title || `The server refused (${response.status}).`);
}

const vanished = () => new Error('The server does not answer. Is ./research serve still running?');

export const get = path => fetch(path).catch(() => { throw vanished(); }).then(told);

export const post = (path, body, signal) => fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal })
  .catch(e => { throw e.name === 'AbortError' ? e : vanished(); }).then(told);

// XMLHttpRequest, since fetch tells no progress of what it sends.
export const send = (path, file, progress) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest(), form = new FormData();
  form.append('file', file, file.name);
  request.open('POST', path);
  request.responseType = 'json';
  request.upload.onprogress = e => progress(e.loaded / e.total);
  request.upload.onload = () => progress(1);
  request.onload = () => request.status === 200 ? resolve(request.response) : reject(new Error(request.response?.detail || request.response?.title || `The server refused (${request.status}).`));
  request.onerror = () => reject(vanished());
  request.send(form);
});
