from shibaiqian.config.cli import main

main()
