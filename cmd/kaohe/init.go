package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/deploy"
)

func (c *cli) initCommand() *cobra.Command {
	var force, operation bool
	cmd := &cobra.Command{
		Use:   c.say("init 目录", "init DIR"),
		Short: c.say("把默认方案或监控配置写出来供修改", "write the default plan, or the monitoring, out for editing"),
		Long: c.say("把自带的默认方案（单位、事件类型、指标和示例）写到目录里；加 --deploy 则写出运行所需的其余文件：Prometheus 规则和告警、\nAlertmanager 配置、Grafana 仪表板、systemd 单元、Kubernetes 清单、NATS 集群配置和处置手册。已有的文件不会被覆盖，除非给出 --force。",
			"Writes the default plan (units, event types, indicators and the demo) to a directory; with --deploy the rest of what it takes\nto run kaohe: rules and alerts for Prometheus, the configuration of Alertmanager, dashboards for Grafana, units for systemd,\nmanifests for Kubernetes, the configuration of a NATS cluster, and a runbook. Files that exist are not overwritten unless\n--force says so."),
		Example: c.examples(
			"kaohe init plan", "写出方案", "write the plan",
			"kaohe init --deploy ops", "写出监控和部署文件", "write the monitoring and what runs the server",
			"kaohe check plan && kaohe serve --plan plan", "改完之后检查并使用", "check and use it once edited"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return c.usagef("应给出一个目录，如 kaohe init plan", "expected one directory, such as kaohe init plan")
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, c.say("覆盖已有的文件", "overwrite files that exist"))
	cmd.Flags().BoolVar(&operation, "deploy", false, c.say("写出监控和部署文件，而不是方案", "write the monitoring and what runs the server, not the plan"))
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if operation {
			return c.writeOut(args[0], deploy.Operation(), force, c.sayf("下一步: 读 %s", "next: read %s", filepath.Join(args[0], "README.md")))
		}
		return c.writeOut(args[0], deploy.Plan(), force, c.sayf("下一步:\n  编辑 %[1]s 里的 orgs.yaml、indicators.yaml\n  kaohe check %[1]s\n  kaohe serve --plan %[1]s",
			"next:\n  edit orgs.yaml and indicators.yaml in %[1]s\n  kaohe check %[1]s\n  kaohe serve --plan %[1]s", args[0]))
	}
	return cmd
}

// writeOut writes files to a directory and says what to do next.
func (c *cli) writeOut(dir string, files fs.FS, force bool, next string) error {
	if err := c.checkDir(dir); err != nil {
		return err
	}
	names, err := fileNames(files)
	if err != nil {
		return err
	}
	if file := blocking(dir, names); file != "" {
		return c.errorf("%s 是文件，那里要建一个目录，没有改动任何东西；请挪开它或换一个目录", "%s is a file where a directory is to be, nothing was changed: move it away, or name another directory", file)
	}
	if taken := existing(dir, names); len(taken) > 0 && !force {
		return c.errorf("这些文件已经存在，没有改动任何东西:\n  %s\n  要覆盖请加 --force", "these files exist already, nothing was changed:\n  %s\n  --force overwrites them",
			strings.Join(taken, "\n  "))
	}
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(name)), content); err != nil {
			return c.errorf("写出文件: %w", "write the files: %w", err)
		}
	}
	fmt.Fprintln(c.stdout, c.sayf("已写出 %d 个文件到 %s", "wrote %d files to %s", len(names), dir))
	fmt.Fprintln(c.stdout, next)
	return nil
}

// checkDir refuses what cannot become a directory.
func (c *cli) checkDir(dir string) error {
	if strings.TrimSpace(dir) == "" {
		return c.usagef("目录名是空的；应给出一个目录，如 kaohe init plan", "the name of the directory is empty; expected one such as kaohe init plan")
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return c.usagef("%s 是文件，不是目录；请换一个名字", "%s is a file, not a directory; choose another name", dir)
	}
	return nil
}

// fileNames lists files, without directories.
func fileNames(files fs.FS) (names []string, err error) {
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// existing lists the files that are there already.
func existing(dir string, names []string) (taken []string) {
	for _, name := range names {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Lstat(file); err == nil { // what cannot be looked at cannot be written either, and that error says why
			taken = append(taken, file)
		}
	}
	return taken
}

// blocking returns a file that stands where a directory is to be made, or "".
func blocking(dir string, names []string) string {
	for _, name := range names {
		for parent := path.Dir(name); parent != "."; parent = path.Dir(parent) {
			file := filepath.Join(dir, filepath.FromSlash(parent))
			if info, err := os.Stat(file); err == nil && !info.IsDir() {
				return file
			}
		}
	}
	return ""
}

func writeFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}
