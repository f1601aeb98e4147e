package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

const dockerfile = "deploy/container/Dockerfile"

// checkImage reads the Dockerfile and lays out what its first stage builds.
func checkImage(root, dir string) error {
	text, err := os.ReadFile(filepath.Join(root, dockerfile))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return err
	}
	var complaints []error
	lint := linter.New(&linter.Config{Warn: func(rule, what, _, about string, _ []parser.Range) {
		complaints = append(complaints, fmt.Errorf("%s: %s (%s)", rule, about, what))
	}})
	stages, _, err := instructions.Parse(parsed.AST, lint)
	if err == nil {
		err = errors.Join(complaints...)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", dockerfile, err)
	}
	if err := checkLast(stages[len(stages)-1]); err != nil {
		return err
	}
	context, err := readContext(root)
	if err != nil {
		return err
	}
	return layOut(stages, context, dir)
}

// checkLast: the image that runs has nothing but files, another user than root, and a check of its health without a shell.
func checkLast(last instructions.Stage) error {
	var user string
	healthy := false
	for _, c := range last.Commands {
		switch c := c.(type) {
		case *instructions.RunCommand:
			return errors.New("the last stage runs something, and it has no shell")
		case *instructions.UserCommand:
			user = c.User
		case *instructions.HealthCheckCommand:
			healthy = slices.Equal(c.Health.Test, []string{"CMD", "/kaohe", "health"})
		}
	}
	if user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		return fmt.Errorf("the image runs as %q", user)
	}
	if !healthy {
		return errors.New("the image does not check its health with kaohe health")
	}
	return nil
}

// layOut writes the context that the first stage copies, and its commands. What other stages copy from the context must be in
// it, too.
func layOut(stages []instructions.Stage, context *buildContext, dir string) error {
	script := "set -eu\n"
	for i, stage := range stages {
		for _, c := range stage.Commands {
			switch c := c.(type) {
			case *instructions.CopyCommand:
				if c.From != "" {
					continue
				}
				for _, source := range c.SourcePaths {
					if err := context.copy(source, filepath.Join(dir, "context")); err != nil {
						return fmt.Errorf("stage %s copies %s: %w", stage.Name, source, err)
					}
				}
			case *instructions.RunCommand:
				if i > 0 {
					return fmt.Errorf("stage %s runs something; only the first one may", stage.Name)
				}
				script += strings.Join(c.CmdLine, " ") + "\n"
			}
		}
	}
	fmt.Printf("  image of stages %d, build context of files: %d\n", len(stages), context.copied)
	return os.WriteFile(filepath.Join(dir, "build.sh"), []byte(script), 0o644)
}
