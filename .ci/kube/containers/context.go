package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// buildContext is what a build sees of the repository: all that .dockerignore does not keep from it.
type buildContext struct {
	root    string
	ignored *patternmatcher.PatternMatcher
	copied  int // files
}

func readContext(root string) (*buildContext, error) {
	f, err := os.Open(filepath.Join(root, ".dockerignore"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	patterns, err := ignorefile.ReadAll(f)
	if err != nil {
		return nil, err
	}
	ignored, err := patternmatcher.New(patterns)
	return &buildContext{root: root, ignored: ignored}, err
}

// copy brings a file or directory of the context into a directory, under the same name.
func (c *buildContext) copy(source, dir string) error {
	before := c.copied
	err := filepath.WalkDir(filepath.Join(c.root, source), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(c.root, path)
		if err != nil {
			return err
		}
		ignored, err := c.ignored.MatchesOrParentMatches(filepath.ToSlash(name))
		if err != nil || ignored {
			return err
		}
		if secret(name) {
			return fmt.Errorf("%s has no place in an image", name)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		c.copied++
		target := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o644)
	})
	if err == nil && c.copied == before {
		err = errors.New("it is not in the build context")
	}
	return err
}

// secret tells files that must not get into an image by accident.
func secret(name string) bool {
	base := filepath.Base(name)
	return base == "tokens.json" || strings.HasSuffix(base, ".key") || strings.HasSuffix(base, ".pem") || base == ".env"
}
