import ArgumentParser
import Supervisor

/// The command line. What each command does is the Supervisor's; here are names, options and exit statuses.
@main
struct Tidegate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tidegate",
        abstract: "A WebSocket reverse proxy and load balancer that understands frames.",
        version: Version.text,
        subcommands: [Run.self, Check.self, DemoCommand.self, VersionCommand.self])

    /// Without a command there is nothing to do, which is wrong usage.
    func run() throws {
        SystemText.print(Self.helpMessage(), to: 2)
        throw ExitCode.validationFailure
    }
}

/// The option that `run` and `check` share.
struct ConfigurationOption: ParsableArguments {
    @Option(name: [.short, .customLong("config")], help: ArgumentHelp("The configuration to use.", valueName: "file"))
    var configuration = "/etc/tidegate/tidegate.yaml"
}

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until told to stop.",
        discussion: """
            SIGHUP reloads the configuration. SIGTERM, SIGQUIT and SIGINT drain and exit; a second one exits at once. \
            SIGUSR1 reopens the log file.
            """)

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        throw ExitCode(Supervisor.run(.file(options.configuration)))
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell every problem that would keep `run` from serving, one a line.")

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        throw ExitCode(Checking.run(options.configuration))
    }
}

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Serve two echo backends inside this process; no file is needed.")

    func run() throws {
        throw ExitCode(Demo.run())
    }
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() {
        SystemText.print(Version.text)
    }
}
