from emailketing.cli.main import main

main()
