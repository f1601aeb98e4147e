package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stdinName is how the standard input is named on a command line.
const stdinName = "-"

// shown is how people are told of a file.
func (c *cli) shown(name string) string {
	if name == stdinName {
		return c.say("标准输入", "standard input")
	}
	return name
}

// inputs returns the files that a command line names. Only Windows leaves it to programs to find files by patterns.
func (c *cli) inputs(args []string, patterns bool) (names []string, err error) {
	for _, arg := range args {
		found := []string{arg}
		if _, err := os.Lstat(arg); patterns && err != nil && strings.ContainsAny(arg, "*?[") {
			if found, err = filepath.Glob(arg); err != nil || len(found) == 0 {
				return nil, c.usagef("没有文件与 %s 相符", "no file matches %s", arg)
			}
		}
		names = append(names, found...)
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, c.usagef("%s 给了两次", "%s is given twice", name)
		}
		if name == stdinName {
			continue
		}
		if err := c.readableFile(name); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// readableFile finds out before anything is sent whether there is a file.
func (c *cli) readableFile(name string) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c.usagef("没有文件 %s", "there is no file %s", name)
	case err != nil:
		return c.errorf("读不了 %s: %w", "cannot read %s: %w", name, err)
	case info.IsDir():
		return c.usagef("%s 是目录；请给出其中的文件", "%s is a directory; name the files in it", name)
	}
	return nil
}
