// In the place of statictoc's own, which expects the navigation in two files: here one table of contents is all.
var common = require('./common.js');
var directory = common.path.getDirectoryName;

exports.setToc = function (model) {
  var toc = model.__global && model.__global._shared && model.__global._shared[model._tocKey];
  if (toc) {
    prepare(toc, directory(toc._path), directory(model._tocRel), model._path);
    model._toc = toc;
  }
  return model;
};

function prepare(item, folder, rel, page) {
  item.items = item.items || [];
  item.leaf = item.items.length === 0;
  item.active = !!item.href && folder + decodeURIComponent(item.href) === page;
  if (rel && item.href && common.isRelativePath(item.href))
    item.href = rel + item.href;
  item.items.forEach(function (child) { prepare(child, folder, rel, page); });
}
