package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kaohe/kaohe/deploy"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// planFiles returns the plan in a directory, or the default one if dir is empty.
func (c *cli) planFiles(dir string) (fs.FS, error) {
	if dir == "" {
		return deploy.Plan(), nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, c.errorf("方案目录: %w\n  kaohe init %s 会写出一份默认方案", "plan directory: %w\n  kaohe init %s writes the default plan there", err, dir)
	}
	if !info.IsDir() {
		return nil, c.usagef("%s 不是目录", "%s is not a directory", dir)
	}
	return os.DirFS(dir), nil
}

// loadPlan loads a plan. If it has mistakes it shows all of them, and the command ends as refused.
func (c *cli) loadPlan(dir string) (*indicators.Plan, error) {
	files, err := c.planFiles(dir)
	if err != nil {
		return nil, err
	}
	plan, mistakes := readPlan(files, dir)
	if len(mistakes) > 0 {
		c.showMistakes(mistakes)
		return nil, refused()
	}
	return plan, nil
}

// readPlan loads a plan and names the files of its mistakes as the user finds them.
func readPlan(files fs.FS, dir string) (*indicators.Plan, []events.Mistake) {
	plan, mistakes := indicators.Load(files)
	for i := range mistakes {
		mistakes[i].File = filepath.Join(dir, filepath.FromSlash(mistakes[i].File))
	}
	return plan, mistakes
}

func (c *cli) showMistakes(mistakes []events.Mistake) {
	for _, m := range mistakes {
		fmt.Fprintln(c.stderr, m.In(c.lang))
	}
	if len(mistakes) == 1 {
		fmt.Fprintln(c.stderr, c.say("共 1 处错误", "1 mistake"))
		return
	}
	fmt.Fprintln(c.stderr, c.sayf("共 %d 处错误", "%d mistakes", len(mistakes)))
}
