# SPDX-License-Identifier: Apache-2.0
"""A directory to unpack into, with canaries around it.

    place/canary  place/canary-dir/inside  place/store/beside  place/store/tree/
"""
import os
import shutil
import stat


class Outside:
    def __init__(self, place):
        self.place = place
        self.tree = os.path.join(place, "store", "tree")
        os.makedirs(os.path.join(place, "canary-dir"))
        os.makedirs(os.path.join(place, "store"))
        for name in ("canary", "canary-dir/inside", "store/beside"):
            with open(os.path.join(place, name), "w") as f:
                f.write("untouched\n")
            os.chmod(os.path.join(place, name), 0o640)
        os.chmod(os.path.join(place, "canary-dir"), 0o750)
        self.fresh_tree()
        self.before = self.look()

    def fresh_tree(self):
        """Makes an empty tree; the directory it is in looks as it did."""
        store = os.path.dirname(self.tree)
        if os.path.lexists(self.tree):
            times = os.stat(store)
            shutil.rmtree(self.tree)
            os.mkdir(self.tree)
            os.utime(store, ns=(times.st_atime_ns, times.st_mtime_ns))
        else:
            os.mkdir(self.tree)

    def look(self):
        """All but the tree: names, kinds, modes, owners, links, times, extended
        attributes, contents."""
        seen = {}
        for top, dirs, files in os.walk(self.place):
            for path in [top] + [os.path.join(top, f) for f in files]:
                st = os.lstat(path)
                entry = [stat.filemode(st.st_mode), st.st_uid, st.st_gid, st.st_mtime_ns,
                         st.st_nlink, st.st_rdev, os.listxattr(path, follow_symlinks=False)]
                if stat.S_ISREG(st.st_mode):
                    with open(path, "rb") as f:
                        entry.append(f.read(4096))
                elif stat.S_ISLNK(st.st_mode):
                    entry.append(os.readlink(path))
                seen[os.path.relpath(path, self.place)] = entry
            for d in list(dirs):
                path = os.path.join(top, d)
                if path == self.tree:
                    dirs.remove(d)
                elif os.path.islink(path):
                    seen[os.path.relpath(path, self.place)] = ["link", os.readlink(path)]
        return seen

    def changes(self):
        """What is not as it was, in words; the next look starts from here."""
        now = self.look()
        out = []
        for path in sorted(set(self.before) | set(now)):
            if self.before.get(path) != now.get(path):
                out.append(f"{path}: {self.before.get(path)} became {now.get(path)}")
        self.before = now
        return out
