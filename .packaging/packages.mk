# SPDX-License-Identifier: Apache-2.0
#
# What is handed on: the source, a tree that is ready to run, packages.  docs/INSTALL.md
# tells of each.  All of it is made below $(B), and made again it has the same bytes.
#
#   make dist       govern-VERSION.tar.gz of what is committed
#   make bindist    govern-VERSION-PLATFORM.tar.gz: built, with install.sh
#   make deb        deb/: Debian packages, source and binary      make rpm   rpm/: the same
#   DIST=FILE       the source to pack, where this is no git checkout

.PHONY: dist bindist deb rpm

release := govern-$(VERSION)
ifeq ($(origin DIST),undefined)
DIST := $(B)/$(release).tar.gz
deb rpm: dist
endif

dist:
	@git rev-parse -q --verify HEAD >/dev/null 2>&1 || \
		{ echo 'make dist packs a git checkout, and this is none' >&2; exit 1; }
	@mkdir -p '$(B)'
	git -c tar.umask=0022 archive --format=tar --prefix=$(release)/ HEAD | \
		gzip -9n >'$(B)/$(release).tar.gz'

# The packages' own tools, told nothing of this make and of nobody's environment.
packager = env -i PATH="$$PATH" HOME="$$HOME" LC_ALL=C.UTF-8

deb: | $(B)/deps-build $(B)/deps-deb
	umask 022 && rm -rf '$(B)/deb' && mkdir -p '$(B)/deb' && \
	cp '$(DIST)' '$(B)/deb/govern_$(VERSION).orig.tar.gz' && \
	tar -C '$(B)/deb' -xzf '$(DIST)' && cd '$(B)/deb/$(release)' && \
	cp -R .packaging/debian . && \
	$(packager) DEB_BUILD_OPTIONS='$(DEB_BUILD_OPTIONS)' dpkg-buildpackage -us -uc
	rm -rf '$(B)/deb/$(release)'

# Where dpkg rules, rpm's database is empty: .make/deps has looked instead.  The source
# package is made last: it has this directory's name in it, and `-ba` would write its hash
# into the binary one.
rpm_flags = --define '_topdir $(abspath $(B))/rpm' --define '_buildhost localhost' \
	--define 'source_date_epoch_from_changelog 1' --define 'clamp_mtime_to_source_date_epoch 1' \
	--define 'use_source_date_epoch_as_buildtime 1' $(if $(wildcard /var/lib/dpkg/status),--nodeps)

rpm: | $(B)/deps-build $(B)/deps-rpm
	umask 022 && rm -rf '$(B)/rpm' && mkdir -p '$(B)/rpm/SOURCES' '$(B)/rpm/SPECS' && \
	cp '$(DIST)' '$(B)/rpm/SOURCES/$(release).tar.gz' && \
	tar -C '$(B)/rpm/SPECS' --strip-components=2 -xzf '$(DIST)' \
		$(release)/.packaging/govern.spec && \
	touch -r '$(B)/rpm/SPECS/govern.spec' '$(B)/rpm/SOURCES/$(release).tar.gz' && \
	for what in -bb -bs; do $(packager) rpmbuild $$what $(rpm_flags) $(RPM_FLAGS) \
		'$(B)/rpm/SPECS/govern.spec' || exit 1; done
	rm -rf '$(B)/rpm/BUILD' '$(B)/rpm/BUILDROOT'

# Its directories are those of a prefix; install.sh copies them.
bindist: programs
	@umask 022 && name=$(release)-$$(GOVERN_ROOT=/none '$(B)/bin/govern' env platform) && \
	rm -rf "$(B)/bindist" && mkdir -p "$(B)/bindist/$$name" && \
	$(MAKE) install prefix= DESTDIR="$(abspath $(B))/bindist/$$name" && \
	strip "$(B)/bindist/$$name/bin/govern" "$(B)/bindist/$$name/libexec/govern/fetch" \
		"$(B)/bindist/$$name/libexec/govern/unpack" && \
	$(INSTALL) -m 755 .packaging/install.sh "$(B)/bindist/$$name/" && \
	$(INSTALL) -m 644 LICENSE README.md "$(B)/bindist/$$name/" && \
	tar -C "$(B)/bindist" --sort=name --format=ustar --owner=0 --group=0 --numeric-owner \
		--mtime="@$${SOURCE_DATE_EPOCH:-0}" -cf - "$$name" | gzip -9n \
		>"$(B)/bindist/$$name.tar.gz" && echo "$(B)/bindist/$$name.tar.gz"
